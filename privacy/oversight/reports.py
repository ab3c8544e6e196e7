"""Writing the monthly report: who looked at people's data, how often, and what is unusual in it.

It is read from the audit trail, once a month has ended. The controller is mailed that it is ready, without a name.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import translation

from privacy import plugins
from privacy.audit import looks
from privacy.audit.models import AuditEntry
from privacy.datamap.registry import holding
from privacy.mail import outbox
from privacy.oversight import months
from privacy.oversight.models import FIGURES, LookCount, LookReport
from privacy.web import signed_links

MESSAGE = "looks_report"
ACCOUNT = "user:"
REFUSED, OWN_TRAINING = "privacy.access.refused", "privacy.training.entered_own"


@dataclass
class AccountLooks:
    """What one account did in a month. ``records`` counts the looks at each, by kind, number and pseudonym.

    ``cases`` are the people with something open.
    """

    cases: set[str]
    counts: Counter[str] = field(default_factory=Counter)
    people: set[str] = field(default_factory=set)
    records: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, entry: AuditEntry) -> None:
        self.counts.update(_figures_of(entry))
        if not looks.is_look(entry.action):
            return
        self.counts["outside_hours"] += months.is_outside_hours(entry.at)
        if entry.about and not entry.action.endswith(".searched"):
            self.people.add(entry.about)
            self.records[entry.kind, entry.key, entry.about] += 1
            self.counts["without_case"] += entry.about not in self.cases


def write_due(*, now: datetime) -> int:
    """Write the report of each month that ended since the last one, each once. Returns how many."""
    return sum(_write(month, now) for month in _due(now))


def by_account(month: date) -> dict[int, AccountLooks]:
    """What each account did, from the audit trail as far as it still stands."""
    begin, end = months.bounds(month)
    cases = open_cases(begin)
    found: defaultdict[int, AccountLooks] = defaultdict(lambda: AccountLooks(cases))
    for entry in _entries(begin, end).iterator():
        found[int(entry.actor.removeprefix(ACCOUNT))].add(entry)
    return dict(found)


def open_cases(begin: datetime) -> set[str]:
    """The pseudonyms of the people who have something open with us, or had it at ``begin`` or later."""
    return {pseudonym for rows in _cases(begin) for people in rows.values() for pseudonym in people}


def _cases(begin: datetime) -> Iterator[dict[object, set[str]]]:
    for config in plugins.installed():
        for label, closed_at in config.cases.items():
            held = holding(apps.get_model(label))
            is_open = Q(**{closed_at: None}) | Q(**{f"{closed_at}__gte": begin}) if closed_at else Q()
            yield held.pseudonyms(held.rows().filter(is_open))


def _entries(begin: datetime, end: datetime) -> "QuerySet[AuditEntry]":
    return AuditEntry.objects.filter(at__gte=begin, at__lt=end, actor__startswith=ACCOUNT).order_by(
        "at", "pk"
    )


def _figures_of(entry: AuditEntry) -> Iterator[str]:
    kind = entry.action.rpartition(".")[2]
    if kind == "searched":
        yield "searches"
    elif kind == "exported":
        yield "exports"
    elif looks.is_look(entry.action):
        yield "looks"
    if "why" in entry.detail:
        yield "reasons"
    if entry.action in {REFUSED, OWN_TRAINING}:
        yield "refused" if entry.action == REFUSED else "own_trainings"


def _due(now: datetime) -> list[date]:
    """From the month after the last report; at first the month before this one, if anything was done in it."""
    last = LookReport.objects.first()
    if last is not None:
        return list(months.ended(last.month + relativedelta(months=1), now=now))
    before = months.first_day(now) - relativedelta(months=1)
    has_begun = AuditEntry.objects.filter(at__lt=months.bounds(before)[1], actor__startswith=ACCOUNT).exists()
    return [before] if has_begun else []


@transaction.atomic
def _write(month: date, now: datetime) -> bool:
    """False where another worker was first."""
    report, is_new = LookReport.objects.get_or_create(month=month, defaults={"written_at": now})
    if is_new:
        _count(report)
        _mail_controller(report, now)
    return is_new


def _count(report: LookReport) -> None:
    month = report.month
    for account, done in by_account(month).items():
        figures = {name: done.counts[name] for name in FIGURES} | {"people": len(done.people)}
        if any(figures.values()):
            is_unusual = months.is_unusual(figures["looks"], _looks_before(account, month))
            LookCount.objects.create(report=report, account=account, is_unusual=is_unusual, **figures)


def _looks_before(account: int, month: date) -> list[int]:
    """In each of the months before of which there is a report; none where the account did nothing."""
    since = month - relativedelta(months=months.MONTHS_BEFORE)
    reports = LookReport.objects.filter(month__gte=since, month__lt=month)
    looked = dict(
        LookCount.objects.filter(report__in=reports, account=account).values_list("report", "looks")
    )
    return [looked.get(report.pk, 0) for report in reports]


def _mail_controller(report: LookReport, now: datetime) -> None:
    """That it is ready: who and whose is read at the desk."""
    controller = settings.CONTROLLER
    with translation.override(controller["language"]):
        link = signed_links.absolute(reverse("admin:privacy_lookreport_change", args=[report.pk]))
    outbox.send(
        MESSAGE,
        to=controller["email"],
        language=controller["language"],
        context={"month": report.month, "link": link},
        now=now,
    )
