"""The visits of this browser: seen, downloaded and deleted by whoever uses it, and by nobody else."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from consent.preferences import visits_views
from privacy.visits import recording
from privacy.visits.models import Visit
from privacy.web.rate_limits import RateLimit
from tests import holdings as made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]
PAGE, DELETE = "/privacy/choices/", "/privacy/choices/visits/delete/"
FROM_HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}


@pytest.fixture
def today(now: datetime) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def alice(now) -> made.SamplePerson:
    return made.person("alice", now)


@pytest.fixture
def bob(now) -> made.SamplePerson:
    return made.person("bob", now)


def browser_of(who: made.SamplePerson) -> Client:
    client = Client()
    client.cookies[recording.cookie_name()] = str(who.visitor)
    return client


def test_a_browser_sees_its_visits_and_no_others(alice, bob, now):
    made.visit(alice, now - made.RECENT)
    made.visit(bob, now - made.RECENT)
    answer = browser_of(alice).get(PAGE)
    page = answer.content.decode()
    assert "/canary-alice/" in page
    assert "canary-bob" not in page
    assert str(alice.visitor) not in page
    assert "no-store" in answer.headers["Cache-Control"]


def test_what_is_past_its_period_is_not_shown(alice, now, today):
    made.visit(alice, now)
    today.move_to(now + timedelta(days=200))
    assert "/canary-alice/" not in browser_of(alice).get(PAGE).content.decode()


def test_many_are_shown_page_by_page_newest_first(alice, now):
    made.visit(alice, now - timedelta(days=1))
    row = Visit.objects.values().get()
    Visit.objects.all().delete()
    Visit.objects.bulk_create(
        Visit(**row | {"at": now - timedelta(minutes=number), "number": number, "path": f"/p{number}/"})
        for number in range(45)
    )
    browser = browser_of(alice)
    first = browser.get(PAGE).content.decode()
    assert first.index(">/p0/<") < first.index(">/p19/<")
    assert ">/p20/<" not in first
    assert ">/p44/<" in browser.get(PAGE, {"visits": "3"}).content.decode()
    assert browser.get(PAGE, {"visits": "nonsense"}).status_code == 200


def test_they_are_downloaded_without_the_number(alice, bob, now):
    made.visit(alice, now - made.RECENT)
    made.visit(bob, now - made.RECENT)
    browser = browser_of(alice)
    told = browser.get("/privacy/choices/visits.json")
    assert [visit["path"] for visit in told.json()["visits"]] == ["/canary-alice/"]
    table = browser.get("/privacy/choices/visits.csv")
    head, row = csv.reader(io.StringIO(table.content.decode("utf-8-sig")))
    assert len(head) == len(row)
    assert "/canary-alice/" in row
    for answer in (told, table):
        assert str(alice.visitor) not in answer.content.decode()
        assert "attachment" in answer.headers["Content-Disposition"]
        assert "no-store" in answer.headers["Cache-Control"]


def test_they_are_deleted_at_once_and_what_waits_does_not_come_in(alice, bob, now):
    made.visit(alice, now - made.RECENT)
    kept = made.visit(bob, now - made.RECENT)
    browser = browser_of(alice)
    browser.get("/contact/")
    assert alice.visitor in recording.waiting_visitors()
    answer = browser.post(DELETE, **FROM_HERE)
    assert answer.url == f"{PAGE}?deleted#visits"
    assert answer.cookies[recording.cookie_name()]["max-age"] == 0
    recording.prepare_partitions(now=timezone.now())
    recording.drain(now=timezone.now())
    assert list(Visit.objects.all()) == [kept]
    page = browser.get(f"{PAGE}?deleted")
    assert "are deleted" in page.content.decode()
    assert UUID(page.cookies[recording.cookie_name()].value) != alice.visitor


def test_the_days_of_what_was_deleted_are_counted_again(alice, now, monkeypatch):
    days: list[object] = []
    made.visit(alice, now - made.RECENT)
    monkeypatch.setattr(recording.daily_totals, "recount_without", days.append)
    browser_of(alice).post(DELETE, **FROM_HERE)
    assert [alice.visitor] in [list(numbers) for numbers in days]


def test_no_other_site_deletes_them(alice, now):
    made.visit(alice, now - made.RECENT)
    assert browser_of(alice).post(DELETE, HTTP_SEC_FETCH_SITE="cross-site").status_code == 403
    assert Visit.objects.count() == 1


@pytest.mark.parametrize("number", [None, "nonsense", "0e091c6d-1fb4-41e8-b445-455444d3f503"])
def test_who_has_none_reads_so(number, alice, now: datetime):
    made.visit(alice, now - made.RECENT)
    client = Client()
    if number:
        client.cookies[recording.cookie_name()] = number
    assert "There is no stored visit of this browser." in client.get(PAGE).content.decode()
    assert client.get("/privacy/choices/visits.json").json()["visits"] == []
    assert client.post(DELETE, **FROM_HERE).status_code == 302
    assert Visit.objects.count() == 1


def test_under_a_signal_or_after_an_objection_there_is_nothing(alice, now):
    browser = browser_of(alice)
    said = "The visits of this browser are not recorded, so there is nothing to show."
    assert said in browser.get(PAGE, HTTP_SEC_GPC="1").content.decode()
    browser.post("/privacy/choices/visits/object/", **FROM_HERE)
    assert said in browser.get(PAGE).content.decode()


def test_the_page_in_french(alice, now):
    made.visit(alice, now - made.RECENT)
    page = browser_of(alice).get(f"/fr{PAGE}").content.decode()
    assert "Les visites de ce navigateur" in page
    assert "Supprimer les visites de ce navigateur" in page


def test_downloads_and_deletions_are_limited(alice, now, monkeypatch):
    made.visit(alice, now - made.RECENT)
    monkeypatch.setattr(visits_views, "VISITS_OF_CLIENT", RateLimit("test.visits", 2, timedelta(minutes=10)))
    browser = browser_of(alice)
    assert browser.get("/privacy/choices/visits.json").status_code == 200
    assert browser.get("/privacy/choices/visits.csv").status_code == 200
    assert browser.get("/privacy/choices/visits.csv").status_code == 429
    assert browser.post(DELETE, **FROM_HERE).status_code == 429
    assert Visit.objects.count() == 1


def test_a_link_that_says_deleted_is_not_believed(alice, now):
    """Anybody can write such a link: the page says what it found."""
    made.visit(alice, now - made.RECENT)
    assert "are deleted" not in browser_of(alice).get(f"{PAGE}?deleted").content.decode()
