"""How visits are purged: by whole partitions. Those that wait in the spool: :mod:`privacy.visits.store`."""

from datetime import datetime

from django.db.models import Max, Model, Q, QuerySet

from privacy.datamap.purging import PurgeJob, PurgeMethod
from privacy.visits import partitions
from privacy.visits.partition_ranges import begin


class Partitions(PurgeMethod):
    """A partition goes on the day on which its earliest visit is due, with visits whose period still runs.

    Whoever is in it: no hold and no restriction keeps a visit.
    """

    def purge(self, job: PurgeJob) -> None:
        partitions.drop_due(
            now=job.now,
            certificate=job.number,
            certify=lambda gone: job.certify(gone.expired, early=gone.early),
        )

    def due(self, expired: Q, *, now: datetime) -> Q:
        return Q(at__lt=begin(partitions.due_before(now)))

    def count_unreachable(self) -> int:
        return partitions.detached_visits()

    def detached_tables(self) -> set[str]:
        return {partition.name for partition in partitions.detached()}

    def last_written(self, rows: QuerySet[Model], *, since: datetime) -> datetime | None:
        last: datetime | None = rows.filter(at__gt=since).aggregate(last=Max("at"))["last"]
        return last
