"""What the purge takes, what it leaves, and what its certificate says."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.core.management import call_command
from django.db import connection, models
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from privacy.audit.models import AuditEntry
from privacy.datamap.purging import NO_ROWS, RowSpan
from privacy.datamap.registry import holding, holdings
from privacy.files import storage
from privacy.files.models import Draft, StoredFile
from privacy.mail.models import Mail
from privacy.retention import batches, preview, purge
from privacy.retention.models import PurgeLine, PurgeRun
from privacy.rights import erasure, holds
from privacy.rights.models import Hold
from tests import certificates
from tests import holdings as made
from tests.conftest import ALICE, BOB

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
OVER = relativedelta(months=3, days=1)


def make_mail(to: str = ALICE, *, written_at: datetime) -> Mail:
    return Mail.objects.create(to=to, message="test", language="en", written_at=written_at)


def make_draft(kept_at: datetime) -> Draft:
    file = storage.store(b"%PDF", name="cv.pdf", media_type="application/pdf", now=kept_at)
    return Draft.objects.create(file=file, email=ALICE, kept_at=kept_at)


def line_of(run: PurgeRun, holding: str = "privacy.mail"):
    return run.lines.get(holding=holding)


def test_what_is_due_goes_and_the_rest_stays(now):
    old, fresh = make_mail(written_at=now - OVER), make_mail(BOB, written_at=now)
    run = purge.run(now=now)
    assert list(Mail.objects.all()) == [fresh]
    line = line_of(run)
    assert (line.count, line.left, line.held) == (1, 0, 0)
    assert line.oldest == line.newest == old.written_at
    assert (line.period, str(line.kept_for), line.cut_off) == ("P3M", "3 months", now)
    assert run.state == PurgeRun.State.FINISHED


def test_the_preview_says_what_the_purge_then_takes(now):
    for days in range(3):
        make_mail(written_at=now - OVER - timedelta(days=days))
    make_mail(BOB, written_at=now)
    before = {rule.holding.label: rule for rule in preview.by_rule(now=now)}
    line = line_of(purge.run(now=now))
    said = before["privacy.mail"]
    assert said.expired == line.expired == RowSpan(3, line.oldest, line.newest)
    assert said.early == line.gone_early == NO_ROWS
    assert not any(rule.count for rule in preview.by_rule(now=now))


def test_one_look_says_what_goes_now_and_what_more_goes_later(now):
    """The same as two looks, in every holding."""
    ahead = timedelta(days=1)
    moves = [timedelta(days=-9), timedelta(hours=-30), timedelta(hours=6), timedelta(days=9)]
    for number, moved in enumerate(moves):
        person = made.person(f"person-{number}", now)
        for label, make in made.MAKERS.items():
            if label != "website.user":
                period = next(known.data.keep.period for known in holdings() if known.label == label)
                make(person, now - period._delta() + moved)
    said = preview.by_rule(now=now, ahead=ahead)
    today, tomorrow = preview.by_rule(now=now), preview.by_rule(now=now + ahead)
    assert [replace(one, coming=0) for one in said] == today
    assert [one.count + one.coming for one in said] == [one.count for one in tomorrow]
    assert sum(one.coming > 0 for one in said) > len(said) // 2


def test_after_the_purge_nothing_due_is_left_in_any_holding_and_nothing_else_is_gone(now):
    alice, bob = made.person("alice", now - relativedelta(years=20)), made.person("bob", now)
    for label, make in made.MAKERS.items():
        if label != "website.user":  # her account is due already: nobody signed in for twenty years
            make(alice, now - relativedelta(years=9))
    theirs = {label: make(bob, now - made.RECENT) for label, make in made.MAKERS.items()}
    assert all(known.about(alice.subject()).exists() for known in holdings() if known.is_searched)
    run = purge.run(now=now)
    assert [known.label for known in holdings() if known.about(alice.subject()).exists()] == []
    assert [line.holding for line in run.lines.all() if line.left or line.held] == []
    for label, row in theirs.items():
        assert type(row)._base_manager.filter(pk=row.pk).exists(), label


def test_many_batches_are_one_line(now, monkeypatch):
    monkeypatch.setattr(batches, "MOST", 3)
    monkeypatch.setattr(batches, "LEAST", 1)
    mails = [make_mail(written_at=now - OVER - timedelta(hours=number)) for number in range(10)]
    line = line_of(purge.run(now=now))
    assert line.count == 10
    assert (line.oldest, line.newest) == (mails[9].written_at, mails[0].written_at)


@pytest.mark.parametrize(
    ("size", "seconds", "following"),
    [
        (20, 0.001, 40),
        (20, 0.04, 20),
        (20, 0.06, 10),
        (10, 0.09, 10),
        (1, 0.3, 10),
        (200, 0.001, 200),
        (160, 0.06, 80),
    ],
)
def test_batches_grow_while_they_are_quick_and_never_shrink_to_single_rows(size, seconds, following):
    """On a busy machine a batch of one costs hardly less than one of ten: a thousand of them would hold more."""
    rows = batches.DueRows(PurgeLine(), holding(Mail), datetime.now(UTC), size=size)
    assert rows._size_after(seconds) == following


LATE, LOCKED = -1.0, -2.0  # out of time, with rows and without


@pytest.mark.parametrize(
    ("said", "sizes", "waited"),
    [
        ([0.01, 0.01, 0.0], [20, 40, 80], []),
        ([LATE, LATE, 0.3, 0.04, 0.01, 0.01, 0.0], [20, 5, 1, 10, 10, 20, 40], []),
        ([LATE, LATE, LATE, LATE, 0.01, 0.01, 0.0], [20, 5, 1, 1, 1, 10, 20], []),
        ([LOCKED, LOCKED, LOCKED, LOCKED, 0.01, 0.0], [20, 5, 1, 1, 1, 10], [0, 1]),
        ([LATE, LATE, LOCKED, 0.01, LATE, LATE, LOCKED, 0.0], [20, 5, 1, 1, 10, 2, 1, 1], [0, 0]),
        ([LOCKED] * 10, [20, 5] + [1] * 8, range(7)),
    ],
    ids=["quick", "load that passes", "rows passed by", "table locked", "locked twice", "table kept locked"],
)
def test_a_purge_shrinks_under_load_grows_after_it_and_pauses_for_a_lock(monkeypatch, said, sizes, waited):
    taken: list[int] = []
    slept: list[float] = []

    def run(batch: batches._Batch) -> None:
        seconds = said[len(taken)]
        taken.append(batch.size)
        batch.rows = [Mail(written_at=datetime.now(UTC))] * (
            seconds != LOCKED and (batch.size - (not seconds))
        )
        batch.ended = batch.began + seconds
        if seconds < 0:
            raise batches.BatchTimeoutError

    monkeypatch.setattr(batches._Batch, "run", run)
    monkeypatch.setattr(batches.time, "sleep", slept.append)
    batches.DueRows(PurgeLine(), holding(Mail), datetime.now(UTC)).delete_rows()
    assert taken == sizes
    assert slept == [batches.PAUSES[number] for number in waited]


def test_a_batch_that_runs_out_of_time_leaves_all_as_it_was_and_a_smaller_one_follows(now, monkeypatch):
    monkeypatch.setattr(batches, "BOUND", -1.0)  # no batch but of one row is ever in time
    mails = [make_mail(written_at=now - OVER - timedelta(hours=number)) for number in range(7)]
    line = line_of(purge.run(now=now))
    assert (line.count, line.left) == (len(mails), 0)
    assert not Mail.objects.exists()


def test_files_go_with_their_row(now, django_capture_on_commit_callbacks):
    draft = make_draft(now - timedelta(days=2))
    kept = make_draft(now)
    path = storage.path_of(draft.file_id)
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        run = purge.run(now=now)
    assert line_of(run, "privacy.draft").files == 1
    assert not path.exists()
    assert storage.read(StoredFile.objects.get()) == b"%PDF"
    assert list(Draft.objects.all()) == [kept]


def test_a_hold_wins_over_the_purge_and_its_end_does_not_bring_more(now):
    make_mail(written_at=now - OVER)
    make_mail(BOB, written_at=now - OVER)
    placed = holds.place(email=ALICE.upper(), reason="A claim", review_on=date(2027, 1, 1), now=now)
    line = line_of(purge.run(now=now))
    assert (line.count, line.held, line.left) == (1, 1, 0)
    assert Mail.objects.get().to == ALICE
    holds.lift(placed, now=now)
    assert line_of(purge.run(now=now)).count == 1
    assert not Mail.objects.exists()


def test_each_of_several_holds_is_respected(now):
    for number in range(3):
        make_mail(f"p{number}@example.org", written_at=now - OVER)
    for number in range(2):
        holds.place(email=f"p{number}@example.org", reason="A claim", review_on=date(2027, 1, 1), now=now)
    assert line_of(purge.run(now=now)).held == 2
    assert set(Mail.objects.values_list("to", flat=True)) == {"p0@example.org", "p1@example.org"}


def test_a_hold_keeps_no_address_and_stands_once(now):
    holds.place(email=ALICE, reason="A claim", review_on=date(2027, 1, 1), now=now)
    assert ALICE not in str(Hold.objects.get().__dict__)
    with pytest.raises(holds.AlreadyOnHoldError):
        holds.place(email=ALICE, reason="Again", review_on=date(2027, 1, 1), now=now)
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["privacy.hold.placed"]


def test_a_row_that_another_record_needs_stays_and_is_counted(now, monkeypatch):
    needed, other = make_mail(written_at=now - OVER), make_mail(BOB, written_at=now - OVER)
    delete = erasure.delete

    def guarded(rows: "models.QuerySet[Mail]", **facts: Any) -> erasure.DeletionCounts:
        if rows.filter(pk=needed.pk).exists():
            raise ProtectedError("needed", {needed})
        return delete(rows, **facts)

    monkeypatch.setattr(erasure, "delete", guarded)
    line = line_of(purge.run(now=now))
    assert (line.count, line.left, line.held) == (1, 1, 0)
    assert not Mail.objects.filter(pk=other.pk).exists()


def test_the_run_is_in_the_audit_trail_once_without_personal_values(now):
    make_mail(written_at=now - OVER)
    run = purge.run(now=now)
    entry = AuditEntry.objects.get(action="privacy.purge.completed")
    assert entry.key == str(run.pk)
    assert entry.detail == {"rows": 1, "files": 0, "held": 0, "left": 0}
    assert ALICE not in str(entry.__dict__)


def test_a_killed_run_is_found_by_the_next(now):
    killed = PurgeRun.objects.create(state=PurgeRun.State.RUNNING, requested_at=now, started_at=now)
    assert purge.state_of(killed) == PurgeRun.State.INTERRUPTED
    purge.run(now=now)
    killed.refresh_from_db()
    assert (killed.state, killed.ended_at) == (PurgeRun.State.INTERRUPTED, None)
    assert AuditEntry.objects.filter(action="privacy.purge.interrupted", key=str(killed.pk)).exists()


def test_of_the_hourly_runs_that_found_nothing_the_last_stays(now):
    make_mail(written_at=now - OVER)
    full = purge.run(now=now)
    for hours in range(1, 4):
        last = purge.run(now=now + timedelta(hours=hours))
    assert list(PurgeRun.objects.all()) == [last, full]


def test_asking_twice_is_asking_once_and_the_next_purge_is_the_one_asked_for(now):
    asked = purge.request(now=now)
    assert purge.request(now=now) == asked
    assert purge.is_requested()
    assert purge.run(now=now + timedelta(seconds=5)) == asked
    assert not purge.is_requested()
    assert AuditEntry.objects.filter(action="privacy.purge.requested").count() == 1


def test_erasure_takes_ledger_rows_and_dependants_along(now):
    alice = made.person("alice", now)
    made.MAKERS["admin.logentry"](alice, now)
    made.MAKERS["privacy.auditentry"](alice, now)
    gone = erasure.delete(type(made.MAKERS["website.user"](alice, now)).objects.filter(pk=alice.account))
    assert (gone.rows, gone.dependants) == (1, 1)
    assert certificates.purge(AuditEntry.objects.all()).rows == 1


def test_the_command_looks_before_it_purges(capsys, now):
    make_mail(written_at=now - relativedelta(years=1))
    call_command("purge", dry_run=True)
    assert "privacy.mail" in capsys.readouterr().out
    assert Mail.objects.exists()
    call_command("purge")
    assert "Certificate: purge" in capsys.readouterr().out
    assert not Mail.objects.exists()


@pytest.mark.parametrize("rows", [1, batches.MOST - 1])
def test_queries_grow_with_batches_and_not_with_rows(now, rows, monkeypatch):
    monkeypatch.setattr(batches, "FIRST", batches.MOST)
    monkeypatch.setattr(batches, "BOUND", 60.0)
    monkeypatch.setattr(batches, "STATEMENT_MS", 60_000)
    Mail.objects.bulk_create(
        Mail(to=ALICE, message="test", language="en", written_at=now - OVER) for _number in range(rows)
    )
    run = PurgeRun.objects.create(requested_at=now)
    with CaptureQueriesContext(connection) as queries:
        purge._purge_holding(run, holding(Mail), now)
    assert len(queries) <= 19  # three of them for what points to e-mails: their files, messages of enquiries
