"""Deleting the due rows of one holding in batches so short that nobody waits for them.

A batch is one transaction: it locks some rows, checks again whether each is due and on hold, deletes, and adds to the
certificate. Its size follows from the time that the last one took. However slow the machine, the database cancels a
statement, and this module begins no other, once the batch has had its time: then nothing of it has happened, and a
smaller one follows. Files are removed from the disk after the commit, when no lock is held; their keys were deleted
with the rows, so what a crash leaves cannot be decrypted, and the sweep removes it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce

from django.db import OperationalError, connection, transaction
from django.db.models import Model, ProtectedError, Q, QuerySet, RestrictedError

from privacy.audit.ledger import AppendOnlyModel, Certificate
from privacy.datamap.purging import NO_ROWS, RowSpan
from privacy.datamap.registry import Holding
from privacy.retention.models import PurgeLine
from privacy.rights import erasure, holds
from privacy.web import locks

FIRST, LEAST, MOST = 20, 10, 200  # rows: of the first batch; at least, after one in time; at most
AIM = 0.05  # seconds that a batch should take; about half of them are a fixed cost
BOUND = 0.06  # no statement begins later than this
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)  # seconds between tries while somebody has the whole table
STATEMENT_MS = 30  # and none lasts longer: with the commit, a batch takes under 0.1 s
OUT_OF_TIME = {"57014", "55P03", "40P01"}  # statement cancelled, lock not to be had, deadlock


class BatchTimeoutError(Exception):
    """The batch has had its time; it was rolled back."""


@dataclass
class DueRows:
    """The due rows of one holding, from the oldest on, and the keys of those that stay because they are held."""

    line: PurgeLine
    holding: Holding
    now: datetime
    held: set[object] = field(default_factory=set)
    size: int = field(default_factory=lambda: min(FIRST, MOST))
    longest: float = 0.0  # seconds from the first lock of a batch to its commit
    passed: tuple[datetime | None, object] | None = (
        None  # where the last batch ended: since when, and which row
    )

    def delete_rows(self) -> None:
        """All of them. What somebody has locked, or another record needs, is left to the next purge."""
        pauses, is_over = iter(PAUSES), False
        while not is_over:
            batch = _Batch(self, self.size)
            try:
                batch.run()
                self.longest = max(self.longest, batch.seconds)
                self.size = self._size_after(batch.seconds)
                pauses = iter(PAUSES)
            except BatchTimeoutError:
                if not batch.is_alone:
                    self.size = max(1, min(self.size, len(batch.rows) or self.size) // 4)
                    continue
                if not batch.rows:  # not even one could be locked
                    is_over = not _paused(pauses)
                    continue
            if batch.rows:  # one alone that ran out of time: something that depends on it is locked
                self.passed = self.holding.since(batch.rows[-1]), batch.rows[-1].pk
            is_over = len(batch.rows) < batch.size

    @property
    def number(self) -> int:
        return int(self.line.pk)

    @property
    def certificate(self) -> Certificate:
        return Certificate("purge", self.number)

    def certify(self, expired: RowSpan, *, early: RowSpan = NO_ROWS) -> None:
        self.line.add(expired, early=early)

    def _size_after(self, seconds: float) -> int:
        """Not in proportion: the fixed cost of a batch would shrink it to nothing on a busy machine."""
        if seconds > AIM:
            return max(LEAST, self.size // 2)
        return min(MOST, max(LEAST, self.size * 2)) if seconds < AIM / 2 else max(LEAST, self.size)

    def due(self) -> "QuerySet[Model]":
        """What is still to be looked at, the oldest first."""
        since = self.holding.data.keep.since
        due = self.holding.due(self.now).order_by(since, "pk")
        if self.passed:
            at, key = self.passed
            later = Q(**{f"{since}__gt": at}) | Q(**{since: at, "pk__gt": key})
            due = due.filter(later, **{f"{since}__gte": at})
        return due


def _paused(pauses: Iterator[float]) -> bool:
    """Sleep for the next of the pauses (seconds); false when there is none left."""
    seconds = next(pauses, None)
    if seconds is not None:
        time.sleep(seconds)
    return seconds is not None


@dataclass
class _Batch:
    """One transaction."""

    of: DueRows
    size: int
    rows: list[Model] = field(default_factory=list)
    began: float = 0.0
    ended: float = 0.0

    @property
    def is_alone(self) -> bool:
        return self.size == 1

    @property
    def seconds(self) -> float:
        return (self.ended or time.monotonic()) - self.began

    def run(self) -> None:
        """Raises :class:`BatchTimeoutError`. One row alone may take as long as it needs, but not wait for a lock."""
        try:
            with transaction.atomic(), self._watched():
                transaction.on_commit(self._stop)  # the first to be called: files are removed after it
                self._lock()
                self._erase([row for row in self.rows if row.pk not in self.of.held])
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", None) in OUT_OF_TIME:
                raise BatchTimeoutError from error
            raise

    def _stop(self) -> None:
        self.ended = time.monotonic()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        bound = str(STATEMENT_MS)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock_shared(%s), set_config('lock_timeout', %s, true),"
                " set_config('statement_timeout', %s, true)",
                [locks.HOLD, bound, "0" if self.is_alone else bound],
            )
            self.began = time.monotonic()
            with connection.execute_wrapper(self._let_in_time):
                yield
            cursor.execute(
                "SELECT set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true)"
            )

    def _let_in_time(self, execute: Callable[..., object], *statement: object) -> object:
        if self.seconds > BOUND and not self.is_alone:
            raise BatchTimeoutError
        return execute(*statement)

    def _lock(self) -> None:
        """Lock the next rows, and the related rows from whose dates their period is counted."""
        holding, due = self.of.holding, self.of.due()
        steps = holding.data.keep.since.split("__")[:-1]
        clocks = ["__".join(steps[: number + 1]) for number in range(len(steps))]
        due = due.select_related(*clocks) if clocks else due
        if locked := _lockable(holding.model, ["self", *clocks]):
            due = due.select_for_update(skip_locked=True, of=locked)
        self.rows = list(due[: self.size])
        if self.rows:
            self.of.held |= holds.protected_keys(holding, self._chosen(self.rows))

    def _erase(self, rows: list[Model]) -> None:
        if not rows:
            return
        try:
            gone = erasure.delete(self._chosen(rows), certificate=self.of.certificate)
        except (ProtectedError, RestrictedError):  # one by one, if one of them cannot go
            for row in rows if len(rows) > 1 else ():
                self._erase([row])
            return
        dates = sorted(filter(None, map(self.of.holding.since, rows)))
        expired = RowSpan(gone.rows, dates[0], dates[-1])
        self.of.line.add(expired, dependants=gone.dependants, files=gone.files)

    def _chosen(self, rows: list[Model]) -> "QuerySet[Model]":
        return self.of.holding.rows().filter(pk__in=[row.pk for row in rows])


def _lockable(model: type[Model], paths: list[str]) -> list[str]:
    """A row of a ledger cannot change, and whoever may not change it cannot lock it."""

    def reached(path: str) -> type[Model]:
        steps = [] if path == "self" else path.split("__")
        return reduce(lambda here, step: here._meta.get_field(step).related_model, steps, model)  # type: ignore[return-value, arg-type]

    return [path for path in paths if not issubclass(reached(path), AppendOnlyModel)]
