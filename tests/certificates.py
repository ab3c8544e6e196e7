"""What the database asks for before it lets rows of a ledger, or a partition of visits, go."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Model, QuerySet

from privacy.audit.ledger import Certificate
from privacy.datamap.purging import RowSpan
from privacy.retention.models import PurgeLine, PurgeRun
from privacy.rights import erasure
from privacy.visits import partitions
from privacy.visits.partition_ranges import PartitionRange
from privacy.visits.partitions import DroppedDays

LONG_AFTER = datetime(2200, 1, 1, tzinfo=UTC)  # every period is over then


def line(holding: str, *, cut_off: datetime = LONG_AFTER) -> PurgeLine:
    """The line of a purge that runs."""
    facts = {"requested_at": cut_off, "started_at": cut_off}
    run, _is_new = PurgeRun.objects.get_or_create(state=PurgeRun.State.RUNNING, defaults=facts)
    rule = {"since": "at", "period": "P5Y", "cut_off": cut_off, "early": 0}
    made, _is_new = PurgeLine.objects.update_or_create(run=run, holding=holding, defaults=rule)
    return made


def purge(rows: "QuerySet[Model]") -> erasure.DeletionCounts:
    """Delete ``rows`` as a purge does once their period is over."""
    with transaction.atomic():
        made = line(rows.model._meta.label_lower)
        gone = erasure.delete(rows, certificate=Certificate("purge", made.pk))
        made.add(RowSpan(gone.rows), dependants=gone.dependants, files=gone.files)
        made.run.end(PurgeRun.State.FINISHED, LONG_AFTER)
    return gone


def drop(now: datetime, certify: Callable[[DroppedDays], object]) -> list[PartitionRange]:
    """Drop the partitions of visits that are due at ``now``, as a purge does; returns those that wait."""
    made = line("privacy.visit", cut_off=now)
    return partitions.drop_due(now=now, certificate=made.pk, certify=certify)
