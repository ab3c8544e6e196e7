"""Who objects to the count of their visits: the objection is in the browser, and nothing of theirs stays."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError
from django.utils import timezone

from privacy.journal import entries
from privacy.journal.entries import DatabaseRestoredError
from privacy.promises import own_pages
from privacy.retention import purge
from privacy.visits import counting, daily_totals, recording, trends
from privacy.visits.counting_models import REMEMBERED, RecordingObjection
from privacy.visits.models import Visit
from tests.consent.conftest import Visitor
from tests.visit_factories import make_visits

OBJECT = "/privacy/choices/visits/object/"
GPC = {"Sec-GPC": "1"}


@pytest.fixture
def number(visitor: Visitor) -> UUID:
    """That of a browser with visits of yesterday, which is counted, and of today; one still waits."""
    now = timezone.now()
    recording.prepare_partitions(now=now)
    visitor.get("/")
    recording.drain(now=now)
    number = UUID(visitor.cookies["visitor"].value)
    yesterday = now - timedelta(days=1)
    make_visits(yesterday, "/", browsers=5)
    facts = {"path": "/", "referrer": "", "language": "en", "has_cookie": True, "visitor": number}
    Visit.objects.create(at=yesterday, number=1, **facts)
    counting.count_finished(now=now)
    visitor.get("/contact/")
    return number


def is_gone(number: UUID) -> bool:
    now = timezone.now()
    recording.drain(now=now)
    return not Visit.objects.filter(visitor=number).exists()


def test_an_objection_deletes_what_was_recorded_and_the_number_in_the_same_answer(visitor, number):
    response = visitor.submit(OBJECT)
    cookie = response.cookies["visitor"]
    assert (cookie.value, cookie["max-age"]) == ("", 0)
    assert is_gone(number)
    assert Visit.objects.count() == 5  # those of others
    yesterday = timezone.now().date() - timedelta(days=1)
    assert daily_totals.uncounted([yesterday]) == {yesterday}
    assert trends.trends(days=30, now=timezone.now()).visits == 5


def test_afterwards_the_browser_knows_it_and_we_forget_the_number(visitor, number, acting):
    visitor.submit(OBJECT)
    visitor.get("/")
    assert "visitor" not in visitor.cookie_names()
    objection = RecordingObjection.objects.get()
    assert objection.visitor == number
    end = REMEMBERED.after(objection.at)
    purge.run(now=end - timedelta(seconds=1))
    assert RecordingObjection.objects.exists()
    purge.run(now=end)
    assert not RecordingObjection.objects.exists()
    visitor.get("/")
    recording.drain(now=timezone.now())
    assert Visit.objects.filter(at__gt=objection.at).count() == 0


def test_the_signal_objects_too_and_a_visit_that_waits_does_not_come_in(visitor, number):
    response = visitor.get("/", headers=GPC)
    assert response.cookies["visitor"]["max-age"] == 0
    assert is_gone(number)
    visitor.get("/", headers=GPC)
    assert RecordingObjection.objects.count() == 1


@pytest.mark.parametrize("error", [OperationalError, OSError, DatabaseRestoredError])
def test_who_sends_the_signal_while_something_is_away_gets_the_page_and_the_next_one_deletes(
    visitor, number, monkeypatch, caplog, error
):
    def fail(*_arguments: object, **_facts: object) -> None:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(recording, "stop_recording", fail)
        response = visitor.get("/", headers=GPC)
    assert response.status_code == 200
    assert f"could not be deleted: {error.__name__}" in caplog.text
    assert "visitor" not in response.cookies  # without its number nobody would find its visits
    assert visitor.get("/", headers=GPC).cookies["visitor"]["max-age"] == 0
    assert is_gone(number)


def test_a_program_that_makes_up_numbers_does_not_fill_the_journal(visitor, number, monkeypatch):
    monkeypatch.setattr(recording, "SIGNALS_OF_CLIENT", replace(recording.SIGNALS_OF_CLIENT, times=2))
    before = len(entries.all_lines())
    for _each in range(5):
        visitor.cookies["visitor"] = str(uuid4())
        assert visitor.get("/", headers=GPC).status_code == 200
    assert RecordingObjection.objects.count() == len(entries.all_lines()) - before == 2


def test_the_signal_with_each_page_counts_once(visitor, number, monkeypatch):
    """A browser that does not delete its cookie repeats itself, and takes nothing from its neighbours."""
    monkeypatch.setattr(recording, "SIGNALS_OF_CLIENT", replace(recording.SIGNALS_OF_CLIENT, times=2))
    neighbour = uuid4()
    for each in (*[number] * 4, neighbour):
        visitor.cookies["visitor"] = str(each)
        visitor.get("/", headers=GPC)
    assert set(RecordingObjection.objects.values_list("visitor", flat=True)) == {number, neighbour}


def test_a_page_that_the_site_asks_of_itself_objects_to_nothing(visitor, number, caplog):
    """The checks of promises send numbers with the signal."""
    before = entries.all_lines()
    own_pages.get("/", cookies={"visitor": str(number)}, headers=GPC)
    assert not RecordingObjection.objects.exists()
    assert entries.all_lines() == before
    assert "could not be deleted" not in caplog.text
    assert not is_gone(number)


def test_another_browser_is_not_touched(visitor, number):
    other = Visitor()
    other.cookies["visitor"] = str(uuid4())
    other.submit(OBJECT)
    recording.drain(now=timezone.now())
    assert Visit.objects.filter(visitor=number).count() == 3
