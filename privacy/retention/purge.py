"""The purge: what is past its period is deleted, with its files, and a certificate says so.

Rows are deleted in small batches (:mod:`privacy.retention.batches`), each in a transaction of its own that checks
again whether they are due and on hold, and that adds to the certificate. So the purge may be killed anywhere: what it
had counted is true, and the next run does the rest. A holding whose declaration names another way to purge
(:mod:`privacy.datamap.purging`) is purged by that one. Two purges never run at once.
"""

import contextlib
import logging
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.db import Error, connection, transaction
from django.db.models import Max, Sum

from privacy.audit import trail
from privacy.datamap import stores
from privacy.datamap.registry import Holding, holdings
from privacy.journal import entries
from privacy.mail import task_queue
from privacy.policy.models import PolicyVersion
from privacy.retention import batches, preview
from privacy.retention.models import PurgeLine, PurgeRun
from privacy.web import locks

log = logging.getLogger(__name__)


class PurgeRunningError(RuntimeError):
    """Another purge runs now."""


def request(*, now: datetime) -> PurgeRun:
    """Have the worker purge as soon as it can. One that was requested already, or refused, is returned."""
    waiting = (PurgeRun.State.REQUESTED, PurgeRun.State.REFUSED)
    with transaction.atomic():
        run, is_new = PurgeRun.objects.get_or_create(
            state__in=waiting, defaults={"requested_at": now, "state": PurgeRun.State.REQUESTED}
        )
        if is_new:
            trail.record("privacy.purge.requested", now=now, obj=run)
        task_queue.enqueue("privacy.retention.tasks.run_requested_purge")
    return run


def is_requested() -> bool:
    return PurgeRun.objects.filter(state=PurgeRun.State.REQUESTED).exists()


def is_running() -> bool:
    """Whether a purge is at work now, in whatever process."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 0"
            " AND objid = %s AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [locks.PURGE],
        )
        return bool(cursor.fetchone()[0])


def state_of(run: PurgeRun) -> PurgeRun.State:
    """The state of ``run``: one that says it runs while no purge is at work was killed."""
    state = PurgeRun.State(run.state)
    if state == PurgeRun.State.RUNNING and not is_running():
        return PurgeRun.State.INTERRUPTED
    return state


def run(*, now: datetime) -> PurgeRun:
    """Delete all that is due at ``now``; returns the certificate. See :mod:`privacy.retention.safeguard`.

    Call it outside a transaction: it needs many small ones. Raises :class:`PurgeRunningError`, and
    :class:`~privacy.journal.entries.DatabaseRestoredError` before the journal is replayed.
    """
    with exclusive():
        if entries.is_restored():
            raise entries.DatabaseRestoredError
        return _purge({known.label: now for known in holdings()}, now, is_new=True)


def replay(cut_offs: Mapping[str, datetime], *, now: datetime) -> int:
    """After a restore: delete what had gone by the cut-off of each holding (by label); returns how many rows."""
    with exclusive():
        run = _purge(cut_offs, now, is_new=False)
    return _sums(run)["rows"]


def _purge(cut_offs: Mapping[str, datetime], now: datetime, *, is_new: bool) -> PurgeRun:
    started = time.monotonic()
    run = _begin(now)
    for known in holdings():
        if cut_off := cut_offs.get(known.label):
            if is_new and (preview.due(known, cut_off).exists() or known.data.purged_by.count_unreachable()):
                entries.note_purge(known.label, cut_off=cut_off, now=now)
            _purge_holding(run, known, cut_off)
    _purge_stores(run, now)
    _finish(run, now + timedelta(seconds=time.monotonic() - started))
    return run


def mark_interrupted(now: datetime) -> PurgeRun | None:
    """Mark a purge that was killed as interrupted, and return it. Call it inside :func:`exclusive`."""
    killed: PurgeRun | None = PurgeRun.objects.filter(state=PurgeRun.State.RUNNING).first()
    if killed:
        killed.end(PurgeRun.State.INTERRUPTED, None)
        trail.record("privacy.purge.interrupted", now=now, obj=killed, detail=_sums(killed))
    return killed


def _begin(now: datetime) -> PurgeRun:
    with transaction.atomic():
        PurgeRun.objects.routine().delete()  # of those that deleted nothing, the last is enough
        killed = mark_interrupted(now)
        waiting = (PurgeRun.State.REQUESTED, PurgeRun.State.REFUSED)
        run = PurgeRun.objects.filter(state__in=waiting).first() or PurgeRun(requested_at=now)
        if killed and run.confirmed_at is None:
            run.take_over(killed)
        version = PolicyVersion.objects.filter(published_at__lte=now).aggregate(last=Max("number"))["last"]
        run.start(now, version)
    return run


def _finish(run: PurgeRun, at: datetime) -> None:
    with transaction.atomic():
        run.end(PurgeRun.State.FINISHED, at)
        trail.record("privacy.purge.completed", now=at, obj=run, detail=_sums(run))


def _sums(run: PurgeRun) -> dict[str, int]:
    sums = run.lines.aggregate(rows=Sum("count"), files=Sum("files"), held=Sum("held"), left=Sum("left"))
    return {name: int(value or 0) for name, value in sums.items()}


def _purge_holding(run: PurgeRun, holding: Holding, now: datetime) -> None:
    keep = holding.data.keep
    line = PurgeLine.objects.create(
        run=run, holding=holding.label, since=keep.since, period=keep.period.iso, cut_off=now, early=0
    )
    rows = batches.DueRows(line, holding, now)
    method = holding.data.purged_by
    method.purge(rows)
    left = preview.due(holding, now).count() + method.count_unreachable() - len(rows.held)
    line.close(held=len(rows.held), left=left, longest=round(rows.longest * 1000))


def _purge_stores(run: PurgeRun, now: datetime) -> None:
    """What stands outside the database. A disk that refuses is logged, and found by a promise."""
    for store in stores.personal():
        try:
            count = store.purge(now=now)
        except OSError as error:
            log.error("%s cannot be purged: %s", store.name, error.strerror)
            continue
        if count:
            period = store.data.period.iso
            PurgeLine.objects.create(
                run=run, holding=store.name, period=period, cut_off=now, count=count, early=0, left=0
            )


@contextlib.contextmanager
def exclusive() -> Iterator[None]:
    """While this purge runs, no other does. Raises :class:`PurgeRunningError`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [locks.PURGE])
        if not cursor.fetchone()[0]:
            raise PurgeRunningError
    try:
        yield
    finally:
        with contextlib.suppress(Error), connection.cursor() as cursor:  # a lost connection has lost its lock
            cursor.execute("SELECT pg_advisory_unlock(%s)", [locks.PURGE])
