"""Is this purge plausible? If not, nothing is deleted until the controller confirms that one run, with a reason.

A wrong clock or a wrong period would delete what should stay, and nothing brings it back; waiting costs nothing,
because what is past its period is hidden meanwhile. The thresholds are settings (``PURGE_*``), with reasons.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Max, Min, Sum
from django.db.models.functions import TruncDate
from django.urls import reverse

from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.datamap.registry import Holding, holdings
from privacy.mail import outbox, task_queue
from privacy.policy.models import PolicyVersion
from privacy.retention import preview, purge
from privacy.retention.models import PurgeLine, PurgeRun
from privacy.web import signed_links

WEEK = timedelta(days=7)
LEAPS_WITHIN = timedelta(days=28)


class PurgeRefusedError(RuntimeError):
    """The purge looks wrong and waits for the controller; ``run`` says why."""

    def __init__(self, run: PurgeRun) -> None:
        super().__init__(f"purge {run.pk} is refused until it is confirmed")
        self.run = run


class NoRefusedPurgeError(ValueError):
    """No purge waits for a confirmation."""


@dataclass(frozen=True)
class Suspicion:
    """What looks wrong. ``kind`` is one of:

    * BACK, AHEAD, DATABASE: clocks, which are ``seconds`` apart;
    * LEAPS: ``due`` days without a purge among ``total``;
    * SHARE: ``due`` of the ``total`` rows of a holding at once;
    * SLICES: the same within a week.
    """

    kind: str
    holding: str = ""
    seconds: int = 0
    due: int = 0
    total: int = 0


def run(*, now: datetime) -> PurgeRun:
    """Purge, if it is plausible or was confirmed. Raises ``PurgeRefusedError``, and what :func:`purge.run` does."""
    found = [asdict(suspicion) for suspicion in suspicions(now=now)]
    if found and not _is_confirmed(found):
        raise PurgeRefusedError(_refuse(found, now))
    return purge.run(now=now)


def suspicions(*, now: datetime) -> list[Suspicion]:
    """All that looks wrong about a purge at ``now``; nothing when it would delete nothing."""
    rules = [rule for rule in preview.by_rule(now=now) if rule.count]
    return [*_clocks(now), *_leaps(now), *_shares(rules, now)] if rules else []


def confirm(run: PurgeRun, *, reason: str, now: datetime) -> None:
    """Let this one run delete all the same. Raises :class:`NoRefusedPurgeError`, also without a reason."""
    with transaction.atomic():
        waiting = PurgeRun.objects.filter(pk=run.pk, state=PurgeRun.State.REFUSED)
        facts = {"confirmed_at": now, "confirmed_by": trail.actor(), "reason": reason.strip()}
        if not reason.strip() or not waiting.update(state=PurgeRun.State.REQUESTED, **facts):
            raise NoRefusedPurgeError
        trail.record("privacy.purge.confirmed", now=now, obj=run)
        task_queue.enqueue("privacy.retention.tasks.run_requested_purge")


def _is_confirmed(found: list[dict[str, object]]) -> bool:
    """Confirmed for just these reasons; a purge that was confirmed and then killed goes on."""
    last = PurgeRun.objects.exclude(state=PurgeRun.State.REFUSED).first()
    if last is None or last.confirmed_at is None or last.state == PurgeRun.State.FINISHED:
        return False
    return {_name(each) for each in found} <= {_name(each) for each in last.suspicions}


def _name(suspicion: dict[str, object]) -> tuple[object, object]:
    return suspicion["kind"], suspicion["holding"]


def _refuse(found: list[dict[str, object]], now: datetime) -> PurgeRun:
    waiting = (PurgeRun.State.REQUESTED, PurgeRun.State.REFUSED)
    with purge.exclusive(), transaction.atomic():
        purge.mark_interrupted(now)
        refused = PurgeRun.objects.filter(state__in=waiting).first() or PurgeRun(requested_at=now)
        known = {_name(each) for each in refused.suspicions}
        is_news = refused.state != PurgeRun.State.REFUSED or {_name(each) for each in found} != known
        refused.refuse(found)
        if is_news:
            trail.record("privacy.purge.refused", now=now, obj=refused)
            _notify(refused, now)
    return refused


def _notify(refused: PurgeRun, now: datetime) -> None:
    link = signed_links.absolute(reverse("admin:privacy_purgerun_change", args=[refused.pk]))
    to, language = settings.CONTROLLER["email"], settings.CONTROLLER["language"]
    outbox.send("purge_refused", to=to, language=language, context={"link": link}, now=now)


def _clocks(now: datetime) -> Iterator[Suspicion]:
    tolerance: timedelta = settings.PURGE_CLOCK_TOLERANCE
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        apart = abs(now - cursor.fetchone()[0])
    if apart > tolerance:
        yield Suspicion("DATABASE", seconds=int(apart.total_seconds()))
    newest = _latest_activity(now)
    if newest and newest > now + tolerance:
        yield Suspicion("BACK", seconds=int((newest - now).total_seconds()))
    if newest and now - newest > settings.PURGE_LONGEST_SILENCE:
        yield Suspicion("AHEAD", seconds=int((now - newest).total_seconds()))


def _leaps(now: datetime) -> Iterator[Suspicion]:
    """A clock that goes ahead by a little, again and again, leaves days without a purge, which runs hourly."""
    since = now - LEAPS_WITHIN
    begun = PolicyVersion.objects.aggregate(first=Min("published_at"))["first"]
    confirmed = PurgeRun.objects.aggregate(last=Max("confirmed_at"))["last"]
    if begun is None or max(begun, confirmed or begun) > since:
        return
    purges = AuditEntry.objects.filter(action="privacy.purge.completed", at__gt=since, at__lte=now)
    days = purges.aggregate(days=Count(TruncDate("at"), distinct=True))["days"]
    if (silent := LEAPS_WITHIN.days - days) > LEAPS_WITHIN.days // 2:
        yield Suspicion("LEAPS", due=silent, total=LEAPS_WITHIN.days)


def _latest_activity(now: datetime) -> datetime | None:
    """When this database was last written to: the last purge, audit entry, or row that is written all day long."""
    since = now - settings.PURGE_LONGEST_SILENCE
    traces = [
        PurgeRun.objects.aggregate(last=Max("ended_at"))["last"],
        AuditEntry.objects.aggregate(last=Max("at"))["last"],
        *(known.data.purged_by.last_written(known.rows(), since=since) for known in holdings()),
    ]
    return max(filter(None, traces), default=None)


def _shares(rules: list[preview.RulePreview], now: datetime) -> Iterator[Suspicion]:
    last = PurgeRun.objects.filter(state=PurgeRun.State.FINISHED, started_at__lte=now).aggregate(
        at=Max("started_at")
    )
    gone, week_begun = _gone_within_a_week(now)
    for rule in rules:
        holding, due = rule.holding, rule.count
        earlier = gone.get(holding.label, 0)
        if due + earlier < settings.PURGE_FEW_ROWS:
            continue
        total = holding.rows().count()
        if due >= settings.PURGE_FEW_ROWS and due > total * _plausible_share(holding, last["at"], now):
            yield Suspicion("SHARE", holding.label, due=due, total=total)
        elif earlier and due + earlier > (total + earlier) * _plausible_share(holding, week_begun, now):
            yield Suspicion("SLICES", holding.label, due=due + earlier, total=total + earlier)


def _gone_within_a_week(now: datetime) -> tuple[dict[str, int], datetime]:
    """What each holding lost within a week without a confirmation, and when the purge before all that began."""
    runs = PurgeRun.objects.filter(started_at__lte=now)
    before = runs.filter(started_at__lte=now - WEEK).aggregate(last=Max("started_at"))["last"] or now - WEEK
    lines = PurgeLine.objects.filter(run__in=runs.filter(started_at__gt=now - WEEK, confirmed_at=None))
    sums = lines.values("holding").annotate(sum=Sum("count")).values_list("holding", "sum")
    return dict(sums), before


def _plausible_share(holding: Holding, last: datetime | None, now: datetime) -> float:
    """Twice what falls due since the last purge if rows come in evenly, and never less than the setting."""
    period = holding.data.keep.period.after(now) - now
    passed = now - last if last else timedelta()
    return max(settings.PURGE_SHARE, 2 * (passed / period))
