"""The journal of erasures as a store: whom it knows, and what is forgotten when its period is over."""

import os
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from dsr.package import search
from privacy.datamap.purging import NO_ROWS, RowSpan
from privacy.datamap.subjects import Subject, fingerprint
from privacy.journal import entries
from privacy.journal.models import JournalMark
from privacy.journal.store import ErasureJournal
from privacy.retention import purge
from privacy.retention.models import PurgeLine
from privacy.rights import access, erasure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
JOURNAL = ErasureJournal()
LONG_AGO, LATELY = timedelta(days=366), timedelta(days=364)
ALICE, BOB = "alice@example.org", "bob@example.org"


def write(number: int, at: datetime, email: str = ALICE, *, is_done: bool = True) -> None:
    line = {"n": number, "after": number - 1, "action": "privacy.hold.lifted", "at": at.isoformat()}
    entries._file().write({**line, "who": [fingerprint(email)]})
    if is_done:
        entries._file().write({"done": number})


def numbers() -> list[int]:
    return [entry.number for entry in entries.all_lines()]


def test_a_person_is_found_by_the_hash_of_their_address_and_nobody_else(now):
    write(1, now - LATELY)
    write(2, now, BOB)
    assert JOURNAL.about(Subject.of_email(ALICE)) == [now - LATELY]
    assert JOURNAL.about(Subject.of_email(BOB)) == [now]
    assert JOURNAL.about(Subject()) == []


def test_what_is_past_its_period_is_shown_to_nobody_before_the_purge(now):
    write(1, now - LONG_AGO)
    write(2, now - LATELY)
    alice = Subject.of_email(ALICE)
    assert JOURNAL.live(alice, now=now) == [now - LATELY]
    (looked_up,) = [each for each in access.search(alice, now=now) if each.explanation.label == JOURNAL.name]
    (packed,) = [each for each in search.collect(alice, now=now) if each.information.label == JOURNAL.name]
    assert (len(looked_up.records), len(packed.records)) == (1, 1)
    assert erasure.staying(alice, now=now)
    assert not erasure.staying(alice, now=now + LONG_AGO)


def test_lines_past_their_period_are_forgotten_and_no_others(now):
    for number, at in enumerate((now - 2 * LONG_AGO, now - LONG_AGO, now - LATELY, now), start=1):
        write(number, at)
    assert JOURNAL.overdue(now) == 2
    assert JOURNAL.purge(now=now) == 2
    assert (numbers(), JOURNAL.overdue(now)) == ([3, 4], 0)
    assert JOURNAL.purge(now=now) == 0
    assert fingerprint(ALICE) in settings.ERASURE_JOURNAL.read_text()


def test_the_purge_does_it_and_certifies_it(now):
    write(1, now - LONG_AGO)
    JournalMark.set(1)
    purge.run(now=now)
    assert fingerprint(ALICE) not in settings.ERASURE_JOURNAL.read_text()
    line = PurgeLine.objects.get(holding=JOURNAL.name)
    assert (line.count, line.period) == (1, "P1Y")
    assert (line.expired, line.gone_early) == (RowSpan(1), NO_ROWS)


def test_the_preview_says_so_before(now, dpo_client, capsys, time_machine):
    write(1, now - LONG_AGO)
    write(2, now)
    JournalMark.set(2)
    time_machine.move_to(now)
    page = "/admin/privacy/purgerun/preview/"
    assert "Outside the database, 1 entry is past its period and will be deleted: Journal of" in (
        dpo_client.get(page).text
    )
    assert "Hors de la base de données, 1 entrée a dépassé" in dpo_client.get(f"/fr{page}").text
    call_command("purge", dry_run=True)
    assert ["1", "0", "0", "0", JOURNAL.name] in [
        line.split() for line in capsys.readouterr().out.splitlines()
    ]
    JOURNAL.purge(now=now)
    assert "Outside the database" not in dpo_client.get(page).text


def test_it_is_read_as_before_and_written_on(now):
    write(1, now - LONG_AGO)
    write(2, now)
    JournalMark.set(2)
    assert not entries.is_restored()
    JOURNAL.purge(now=now)
    assert not entries.is_restored()
    entries.note("privacy.hold.lifted", [fingerprint(BOB)], now=now)
    assert (numbers(), JournalMark.get()) == ([2, 3], 3)
    assert oct(settings.ERASURE_JOURNAL.stat().st_mode)[-3:] == "600"


def test_a_number_that_was_never_committed_is_not_taken_for_the_last(now):
    write(1, now - LONG_AGO)
    write(2, now - LONG_AGO, is_done=False)
    JournalMark.set(1)
    JOURNAL.purge(now=now)
    assert not entries.is_restored()


def test_a_database_from_before_what_is_forgotten_stays_closed(now):
    write(1, now - LONG_AGO)
    write(2, now - LONG_AGO)
    JournalMark.set(2)
    JOURNAL.purge(now=now)
    assert numbers() == []
    assert not entries.is_restored()
    JournalMark.set(1)
    assert entries.is_restored()
    with pytest.raises(entries.BackupTooOldError):
        entries.unapplied()
    with pytest.raises(CommandError, match="older than the journal, which is kept for 1 year"):
        call_command("replay_erasures")


def test_a_writer_that_waited_meanwhile_writes_into_the_new_file(now, monkeypatch):
    """It opened the old file, and got its lock only when the new one had taken its place."""
    write(1, now - LONG_AGO)
    write(2, now)
    opened = os.open
    forgotten: list[int] = []

    def open_then_forget(path, flags, *mode):
        handle = opened(path, flags, *mode)
        if path == settings.ERASURE_JOURNAL and not forgotten:
            forgotten.append(1)
            entries._file().forget(before=2)
        return handle

    monkeypatch.setattr(os, "open", open_then_forget)
    write(3, now)
    assert numbers() == [2, 3]


def test_a_journal_that_is_a_link_to_another_disk_stays_there(now, tmp_path):
    shared = tmp_path / "shared" / "erasures.jsonl"
    shared.parent.mkdir()
    settings.ERASURE_JOURNAL.parent.mkdir(parents=True, exist_ok=True)
    settings.ERASURE_JOURNAL.symlink_to(shared)
    write(1, now - LONG_AGO)
    write(2, now, BOB)
    assert JOURNAL.purge(now=now) == 1
    assert settings.ERASURE_JOURNAL.is_symlink()
    assert fingerprint(ALICE) not in shared.read_text()
    assert fingerprint(BOB) in shared.read_text()


def test_a_crash_before_the_new_file_takes_its_place_loses_nothing(now, monkeypatch):
    write(1, now - LONG_AGO)
    write(2, now)
    monkeypatch.setattr(os, "fsync", _fail)
    with pytest.raises(OSError, match="no disk"):
        JOURNAL.purge(now=now)
    monkeypatch.undo()
    assert numbers() == [1, 2]
    assert JOURNAL.purge(now=now) == 1


def _fail(handle: int) -> None:
    raise OSError("no disk")
