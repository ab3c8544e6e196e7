"""Which lines are refused, and why."""

from datetime import UTC, date, datetime, timedelta

import pytest

from consent.imports import asking, checking
from consent.imports.checking import ForAll, Reason
from consent.imports.models import LineState
from consent.imports.reading import ListLine
from consent.prospecting import prospecting
from tests import prospects
from tests.conftest import ALICE, BOB
from tests.consent.imports.files import ALL, NOTHING, bring_in, start

pytestmark = pytest.mark.django_db
WHOLE = {"email": ALICE, "language": "fr", "source": "Fair", "obtained_on": "02/11/2026", "proof": "Register"}


def verdict(now, common: ForAll = NOTHING, **cells: str) -> str:
    (row,) = checking.check([ListLine(2, {**WHOLE, **cells})], common=common, now=now)
    return row.reason


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({}, ""),
        ({"email": "alice"}, Reason.NO_ADDRESS),
        ({"email": ""}, Reason.NO_ADDRESS),
        ({"email": "alice@gmial.com"}, Reason.NO_ADDRESS),
        ({"email": "=cmd|' /C calc'!A0"}, Reason.NO_ADDRESS),
        ({"source": ""}, Reason.NO_SOURCE),
        ({"obtained_on": ""}, Reason.NO_DATE),
        ({"obtained_on": "some day"}, Reason.NO_DATE),
        ({"proof": ""}, Reason.NO_PROOF),
        ({"language": "de"}, Reason.LANGUAGE),
        ({"language": "Français"}, ""),
        ({"obtained_on": "2027-01-01"}, Reason.TO_COME),
        ({"obtained_on": "2023-11-24"}, ""),
        ({"obtained_on": "2023-11-23"}, Reason.TOO_OLD),
        ({"source": "a\x00b"}, Reason.SIGNS),
        ({"proof": "x" * 501}, Reason.SIGNS),
    ],
)
def test_each_line_is_judged(now, cells, reason):
    assert verdict(now, **cells) == reason


def test_today_is_that_of_paris():
    late = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    assert verdict(late, obtained_on="2026-11-30") == ""
    assert verdict(late, obtained_on="2026-12-01") == Reason.TO_COME


@pytest.mark.parametrize("missing", ["source", "obtained_on", "proof", "language"])
def test_what_holds_for_the_whole_list_need_not_stand_in_each_line(now, missing):
    assert verdict(now, common=ALL, **{missing: ""}) == ""


@pytest.mark.parametrize("spelled", ["Alice@EXAMPLE.org", "ａlice@example.org"])
def test_a_stopped_mailbox_is_refused_in_each_spelling(now, spelled):
    prospecting.suppress(ALICE, now=now)
    assert verdict(now, email=spelled) == Reason.STOPPED
    assert verdict(now, email=BOB) == ""


def test_dots_and_plus_are_looked_through_at_gmail(now):
    prospecting.suppress("alice.martin@gmail.com", now=now)
    assert verdict(now, email="alicemartin+fair@googlemail.com") == Reason.STOPPED


def test_a_prospect_is_not_asked_again(now):
    prospects.confirmed(email=ALICE, sentence="Write to me", language="en", page="/", now=now)
    assert verdict(now) == Reason.PROSPECT
    assert verdict(now, email=BOB) == ""


def test_who_was_asked_by_a_form_or_a_list_is_not_asked_again_for_seven_days(now):
    prospecting.ask(email=ALICE, sentence="May we?", language="en", page="/contact/", now=now)
    start(bring_in(BOB, now=now), now=now)
    asking.run(now=now)
    for email in (ALICE, BOB):
        assert verdict(now + timedelta(days=6), email=email) == Reason.ASKED
        assert verdict(now + timedelta(days=8), email=email) == ""


def test_the_same_mailbox_counts_once(now):
    lines = [
        ListLine(number, {**WHOLE, "email": each})
        for number, each in enumerate(
            ("a.b@gmail.com", "ab+x@gmail.com", "no address", "no address"), start=2
        )
    ]
    rows = checking.check(lines, common=NOTHING, now=now)
    assert [row.reason for row in rows] == ["", Reason.TWICE, Reason.NO_ADDRESS, Reason.NO_ADDRESS]
    assert rows[0].state == LineState.WAITING


def test_every_reason_has_words():
    assert set(checking.REASONS) == set(Reason)


def test_a_day_is_read_as_it_is_written_in_france(now):
    (row,) = checking.check([ListLine(2, WHOLE)], common=NOTHING, now=now)
    assert row.obtained_on == date(2026, 11, 2)
