"""Promises about the purge: that it runs, that partitions exist, that no visit stays too long.

The two about visits are sentences of their own in the policy. What holds for every kind of record, visits among them,
is promised by :mod:`privacy.promises.about_datamap`.
"""

from collections.abc import Iterator
from datetime import UTC, timedelta

from django.utils.translation import gettext as _

from privacy.datamap.registry import holdings
from privacy.policy.models import PolicyVersion
from privacy.promises.checking import CLOCKS_DIFFER, CheckRun, Evidence, Promise, none_of
from privacy.retention.models import PurgeRun
from privacy.visits import partitions, recording

PURGED_WITHIN = timedelta(hours=2)  # it runs every hour; one run may be missed
# Partitions are created two weeks ahead: two days without success are reported, long before a visit has to wait.
DAYS_AHEAD = 12


def promises() -> Iterator[Promise]:
    yield Promise(
        "storage.purge",
        "storage",
        _("What is past its period is deleted every hour, without anybody having to think of it."),
        _("kinds of records that were not purged in the last two hours"),
        _purged,
        _("last purge"),
    )
    yield Promise(
        "storage.days",
        "storage",
        _(
            "The visits of the next days have their place, which can be deleted whole, and none waits for one."
        ),
        _("days without one"),
        _days_have_places,
    )
    yield Promise(
        "storage.oldest_visit",
        "storage",
        _("Not even the oldest visit on our disks is past its six months for longer than a day."),
        _("places with an older visit"),
        _oldest_visit,
        _("oldest"),
    )


def _purged(check_run: CheckRun) -> Evidence:
    """A new site, which starts with its first policy, has the same time for its first purge."""
    finished = PurgeRun.objects.filter(state=PurgeRun.State.FINISHED, ended_at__isnull=False)
    # A purge that ended in the future proves nothing.
    past = finished.filter(ended_at__lte=check_run.now + CLOCKS_DIFFER)
    last = past.order_by("-ended_at").values_list("ended_at", flat=True).first()
    begun = last or PolicyVersion.objects.order_by("number").values_list("published_at", flat=True).first()
    is_late = begun is None or (last is None and finished.exists()) or check_run.now - begun >= PURGED_WITHIN
    among = len(holdings())  # each purge goes through all of them
    return none_of(among if is_late else 0, last, among=among)


def _days_have_places(check_run: CheckRun) -> Evidence:
    today = check_run.now.astimezone(UTC).date()
    ahead = {today + timedelta(days=number) for number in range(DAYS_AHEAD)}
    wanted = ahead | recording.waiting_days(now=check_run.now)
    return none_of(len(wanted - set(partitions.attached_days())), among=len(wanted))


def _oldest_visit(check_run: CheckRun) -> Evidence:
    """In each partition, also in one that was detached and could not be dropped, and in each file of the spool."""
    found = recording.oldest_of_each()
    oldest = [at for at in found if at]
    late = [at for at in oldest if recording.is_late(at, check_run.now)]
    return none_of(len(late), min(oldest, default=None), among=len(found))
