"""Promises about the purge: that it runs, that partitions exist, that no visit stays too long.

The two about visits are sentences of their own in the policy. What holds for every kind of record, visits among them,
is promised by :mod:`privacy.promises.about_datamap`.
"""

from collections.abc import Iterator
from datetime import UTC, timedelta

from django.utils.translation import gettext as _

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
        _("hours since the last purge"),
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
        _("age of the oldest visit in days"),
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
    if begun is None or (last is None and finished.exists()):
        return Evidence(is_kept=False, figure=0)
    ago = max(check_run.now - begun, timedelta())
    return Evidence(ago < PURGED_WITHIN, int(ago.total_seconds() // 3600), last)


def _days_have_places(check_run: CheckRun) -> Evidence:
    today = check_run.now.astimezone(UTC).date()
    ahead = {today + timedelta(days=number) for number in range(DAYS_AHEAD)}
    wanted = ahead | recording.waiting_days(now=check_run.now)
    return none_of(len(wanted - set(partitions.attached_days())), among=len(wanted))


def _oldest_visit(check_run: CheckRun) -> Evidence:
    """Also in a detached partition that could not be dropped, and in the spool."""
    oldest = recording.oldest()
    age = (check_run.now - oldest).days if oldest else 0
    return Evidence(not recording.is_late(check_run.now), max(age, 0), oldest)
