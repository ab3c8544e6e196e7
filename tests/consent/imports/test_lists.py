"""A list from the file to the confirmation, and back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from consent.imports import asking, lists
from consent.imports.models import LineState, ListedAddress, ListState, ProspectList
from consent.ledger.models import ConsentEvent
from consent.prospecting import prospecting
from consent.prospecting.models import Prospect
from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.mail.models import Mail
from tests.conftest import ALICE, BOB
from tests.consent.imports.files import ALL, bring_in, start

pytestmark = pytest.mark.django_db


def undo(found: ProspectList, *, now) -> lists.Undone:
    with trail.acting("user:1", "test"):
        return lists.undo(found.pk, now=now)


def test_nobody_is_asked_before_the_list_is_started(now):
    found = bring_in(ALICE, BOB, now=now)
    assert asking.run(now=now) == 0
    assert not Mail.objects.exists()
    assert not ConsentEvent.objects.exists()
    assert (found.state, found.lines_read, found.lines_waiting) == (ListState.CHECKED, 2, 2)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("We have your address from: Fair of Pau, 2 November 2026", "corrected or erased", "CNIL")),
        ("fr", ("Fair of Pau, 2 novembre 2026", "rectifier", "CNIL")),
    ],
)
def test_each_is_asked_once_and_told_what_article_14_asks(now, language, words):
    found = bring_in(ALICE, now=now, common=replace(ALL, language=language))
    start(found, now=now)
    assert asking.run(now=now) == 1
    assert asking.run(now=now) == 0
    mail = Mail.objects.get(message="prospect_confirm")
    assert (mail.to, mail.language) == (ALICE, language)
    text = " ".join(mail.text.split())
    assert [each for each in words if each not in text] == []
    found.refresh_from_db()
    assert (found.state, found.lines_asked) == (ListState.ASKED, 1)
    assert not Prospect.objects.exists()
    asked = ConsentEvent.objects.get()
    assert (asked.kind, asked.act, asked.email) == ("ASK", "IMPORT", ALICE)


def test_a_person_is_a_prospect_once_they_confirm(now):
    start(bring_in(ALICE, BOB, now=now), now=now)
    asking.run(now=now)
    asked = ConsentEvent.objects.get(email=ALICE)
    assert prospecting.confirm_asking(asked, now=now)
    assert [each.email for each in Prospect.objects.all()] == [ALICE]


def test_a_worker_that_dies_in_the_middle_has_asked_each_once(now, monkeypatch):
    """The question, its mail and the state of the line stand in one transaction."""
    people = [f"p{number}@example.org" for number in range(6)]
    start(bring_in(*people, now=now), now=now)
    real, calls = prospecting.ask, []

    def dies(**facts: Any) -> Any:
        asked = real(**facts)
        calls.append(facts["email"])
        if len(calls) in {2, 4}:
            raise SystemExit
        return asked

    monkeypatch.setattr(prospecting, "ask", dies)
    for _run in range(3):
        try:
            asking.run(now=now)
        except SystemExit:
            continue
    assert sorted(Mail.objects.values_list("to", flat=True)) == people
    assert sorted(ConsentEvent.objects.values_list("email", flat=True)) == people
    assert set(ListedAddress.objects.values_list("state", flat=True)) == {LineState.ASKED}


def test_only_so_many_are_asked_in_one_run(now, monkeypatch):
    monkeypatch.setattr(asking, "PER_RUN", 2)
    found = bring_in(*(f"p{number}@example.org" for number in range(5)), now=now)
    start(found, now=now)
    assert [asking.run(now=now) for _run in range(4)] == [2, 2, 1, 0]
    found.refresh_from_db()
    assert found.state == ListState.ASKED


def test_who_stopped_meanwhile_is_left_out(now):
    found = bring_in(ALICE, BOB, now=now)
    start(found, now=now)
    prospecting.suppress(ALICE, now=now)
    asking.run(now=now)
    assert [mail.to for mail in Mail.objects.all()] == [BOB]
    found.refresh_from_db()
    assert (found.lines_asked, found.lines_skipped, found.lines_waiting) == (1, 1, 0)


def test_undone_within_a_day_who_did_not_confirm_vanishes(now):
    found = bring_in(ALICE, BOB, "carol@example.org", now=now)
    start(found, now=now)
    asking.run(now=now)
    Mail.objects.filter(to="carol@example.org").update(sent_at=now)
    prospecting.confirm_asking(ConsentEvent.objects.get(email=ALICE), now=now)
    done = undo(found, now=now + timedelta(hours=23))
    assert (done.gone, done.confirmed) == (2, 1)
    assert not ListedAddress.objects.exists()
    assert [each.email for each in Prospect.objects.all()] == [ALICE]
    assert not Mail.objects.filter(to=BOB, message="prospect_confirm").exists()  # it was not sent yet
    waiting = ConsentEvent.objects.get(email="carol@example.org")
    later = now + timedelta(hours=23, minutes=1)
    assert prospecting.confirm_asking(waiting, now=later) is False
    assert not ConsentEvent.objects.live(later).filter(email="carol@example.org").exists()


def test_after_a_day_it_is_too_late(now):
    found = bring_in(ALICE, now=now)
    start(found, now=now)
    asking.run(now=now)
    with pytest.raises(lists.NotNowError):
        undo(found, now=now + timedelta(days=1))
    assert ListedAddress.objects.exists()


def test_a_list_is_started_once_and_not_after_its_lines_are_gone(now):
    found = bring_in(ALICE, now=now)
    with pytest.raises(lists.NotNowError):
        start(found, now=now + timedelta(days=8))
    start(found, now=now)
    with pytest.raises(lists.NotNowError):
        start(found, now=now)


def test_lines_are_gone_seven_days_after_the_question(now):
    start(bring_in(ALICE, now=now), now=now)
    asking.run(now=now)
    assert ListedAddress.objects.live(now + timedelta(days=6)).exists()
    assert not ListedAddress.objects.live(now + timedelta(days=7, minutes=1)).exists()


def test_each_step_is_on_record_without_anybodys_address(now):
    found = bring_in(ALICE, "nobody", now=now)
    start(found, now=now)
    asking.run(now=now)
    undo(found, now=now)
    entries = AuditEntry.objects.filter(action__startswith="consent.prospectlist.")
    assert [each.action.rpartition(".")[2] for each in entries.order_by("pk")] == [
        "brought_in",
        "started",
        "undone",
    ]
    assert ALICE not in str([each.detail for each in entries])
