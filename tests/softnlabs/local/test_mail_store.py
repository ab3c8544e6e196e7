"""The mail files of local mode: found by address, erased with the person, purged like the mails themselves."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from privacy.datamap.subjects import Subject
from softnlabs.local.mail_store import MailFiles

STORE = MailFiles()
ALICE, BOB = Subject.of_email("alice@example.org"), Subject.of_email("bob@example.org")


@pytest.fixture
def folder(settings, now) -> Path:
    place = Path(settings.EMAIL_FILE_PATH)
    place.mkdir()
    for number, (to, days) in enumerate(
        (("Alice@example.org", 1), ("bob@example.org", 1), ("bob@example.org", 99))
    ):
        path = place / f"20261123-100000-{number}.log"
        path.write_text(f"Subject: News\nTo: {to}\n\nHello\n{'-' * 79}\n")
        at = (now - timedelta(days=days)).timestamp()
        os.utime(path, (at, at))
    return place


def test_each_is_found_by_its_address(folder, now):
    day = timedelta(days=1)
    assert STORE.about(ALICE) == [now - day]
    assert sorted(STORE.about(BOB)) == [now - 99 * day, now - day]


@pytest.mark.django_db
def test_those_of_an_erased_person_go_and_no_others(folder, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        STORE.erase(ALICE, now=now)
        assert STORE.about(ALICE), "only when the erasure is committed"
    assert (STORE.about(ALICE), len(STORE.about(BOB))) == ([], 2)


def test_they_are_purged_after_three_months(folder, now):
    assert STORE.overdue(now) == STORE.purge(now=now) == 1
    assert (len(STORE.about(ALICE)), len(STORE.about(BOB))) == (1, 1)
