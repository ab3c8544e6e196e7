"""What the journal of erasures says after a crash, and when the disk has it."""

import ast
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from privacy import plugins
from privacy.journal import entries
from privacy.journal.models import JournalMark
from privacy.retention import replay
from privacy.visits import recording

pytestmark = pytest.mark.django_db


def write(number: int, after: int, now: datetime, *, is_done: bool) -> None:
    """A line as its writer left it, with its confirmation or without."""
    file = entries._file()
    file.write(
        {"n": number, "after": after, "action": "erasure", "at": now.isoformat(), "who": [], "kept": []}
    )
    if is_done:
        file.write({"done": number})


def behind() -> list[int]:
    return [entry.number for entry in entries.unapplied()]


def noted() -> Iterator[str]:
    """The actions that the code writes into the journal, but for the purge, which the replay itself knows."""
    yield "erasure"
    for app in ("softnlabs", "privacy", "consent", "dsr", "recruitment"):
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "entries.note":
                    name = ast.unparse(node.args[0])
                    yield recording.OPTED_OUT if name == "OPTED_OUT" else ast.literal_eval(name)


def test_each_action_that_is_noted_can_be_replayed_and_no_other():
    """Without its replay, a restored site could not be opened again: the command refuses an unknown action."""
    replayed = [action for config in plugins.installed() for action in config.replays]
    assert len(replayed) > 5
    assert set(noted()) == {*replayed, recording.OPTED_OUT}


def test_an_action_that_was_never_committed_is_not_replayed(now):
    write(1, 0, now, is_done=False)
    assert behind() == []
    write(2, 0, now, is_done=True)
    assert behind() == [2], "the line before it was rolled back: the next one came after none"
    write(3, 2, now, is_done=False)
    assert behind() == [2]
    write(4, 3, now, is_done=True)
    assert behind() == [2, 3, 4], (
        "its writer died after the commit: the line after it says that it came after it"
    )
    JournalMark.set(3)
    assert behind() == [4]


def test_a_line_is_on_disk_before_the_action_goes_on(now, monkeypatch):
    on_disk: list[str] = []
    sync = os.fsync

    def note(handle: int) -> None:
        sync(handle)
        on_disk.append(settings.ERASURE_JOURNAL.read_text())

    entries.note("privacy.restriction.lifted", ["a" * 64], now=now)  # the first line syncs the folder, too
    monkeypatch.setattr(os, "fsync", note)
    entries.note("privacy.restriction.placed", ["a" * 64], about="a" * 64, now=now)
    assert on_disk
    assert "privacy.restriction.placed" in on_disk[0]
    assert "done" not in settings.ERASURE_JOURNAL.read_text(), "the deed is not committed yet"


def test_of_the_purges_of_a_holding_the_last_cut_off_counts(now):
    days = [timedelta(days=2), timedelta(), timedelta(days=5)]
    purges = [
        entries.JournalEntry(
            number, now, "purge", {"holding": "privacy.mail", "cut_off": (now - ago).isoformat()}
        )
        for number, ago in enumerate(days, start=1)
    ]
    assert replay._cut_offs(purges) == {"privacy.mail": now}


def test_a_line_after_one_that_a_crash_cut_can_be_read(now):
    write(1, 0, now, is_done=True)
    with settings.ERASURE_JOURNAL.open("a") as file:
        file.write('{"n":2,"aft')
    write(3, 1, now, is_done=True)
    assert behind() == [1, 3]


def test_a_journal_that_became_shorter_is_read_anew(now):
    for number in range(1, 4):
        write(number, number - 1, now, is_done=True)
    file = entries._file()
    assert file.look().last == 3
    whole = settings.ERASURE_JOURNAL.read_text().splitlines(keepends=True)
    settings.ERASURE_JOURNAL.write_text("".join(whole[:2]))
    assert (file.look().last, file.look().highest) == (1, 1)


def test_inside_a_transaction_nothing_is_confirmed(now):
    write(1, 0, now, is_done=False)
    JournalMark.set(1)
    assert not entries.is_restored()
    assert "done" not in settings.ERASURE_JOURNAL.read_text(), "it may be rolled back"
