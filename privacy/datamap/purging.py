"""How the rows of a holding are purged: what a declaration answers to the purge, its preview and the promises.

Declared beside the fields as ``PersonalData(purged_by=...)``. Almost every model leaves it at :class:`Rows`.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db.models import Model, Q, QuerySet


@dataclass(frozen=True)
class RowSpan:
    """How many rows, and the instants from which the periods of the first and last of them run."""

    count: int = 0
    oldest: datetime | None = None
    newest: datetime | None = None

    def __add__(self, other: "RowSpan") -> "RowSpan":
        return RowSpan(
            self.count + other.count,
            min(filter(None, (self.oldest, other.oldest)), default=None),
            max(filter(None, (self.newest, other.newest)), default=None),
        )


NO_ROWS = RowSpan()


class PurgeJob(Protocol):
    """One holding in one purge."""

    @property
    def now(self) -> datetime:
        """What is due at this instant goes."""

    @property
    def number(self) -> int:
        """Of its line on the certificate, for which the database asks."""

    def delete_rows(self) -> None:
        """Delete the due rows in small batches, and leave those that are on hold or restricted."""

    def certify(self, expired: RowSpan, *, early: RowSpan = NO_ROWS) -> None:
        """Add rows to the certificate. Call it in the transaction that deletes them, so that it is true after a kill.

        ``early`` are those whose period still ran: they went because others, stored with them, were due.
        """


class PurgeMethod(ABC):
    """What is not overridden suits rows that are found by queries, in the table of their model."""

    # Whether each row goes by itself, when its own period is over: then a hold or a restriction keeps its row, and the
    # preview lists each.
    is_by_row = False

    @abstractmethod
    def purge(self, job: PurgeJob) -> None:
        """Delete what is due at ``job.now``. Called outside a transaction."""

    def due(self, expired: Q, *, now: datetime) -> Q:
        """Which rows a purge at ``now`` takes; ``expired`` is the condition of those past their period.

        It takes all of those, and perhaps others that are stored with them.
        """
        return expired

    def count_unreachable(self) -> int:
        """How many rows wait to be deleted where no query finds them."""
        return 0

    def detached_tables(self) -> set[str]:
        """The tables that no model knows any more and that the next purge drops."""
        return set()

    def last_written(self, rows: QuerySet[Model], *, since: datetime) -> datetime | None:
        """When the last of ``rows`` was written after ``since``, where that shows at which time this site last ran.

        The safeguard compares it with the clock. Only for rows that are written all day long.
        """
        return None


class Rows(PurgeMethod):
    """Row by row."""

    is_by_row = True

    def purge(self, job: PurgeJob) -> None:
        job.delete_rows()
