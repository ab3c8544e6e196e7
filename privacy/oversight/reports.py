"""Writing the monthly report: who looked at people's data, how often, and what is unusual in it.

It is read from the audit trail, once a month has ended. The controller is mailed that it is ready, without a name.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
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

Seen = tuple[str, str, str]
"""A record that was looked at: its kind and number, and the pseudonym of its person."""
MESSAGE = "looks_report"
ACCOUNT = "user:"
REFUSED, OWN_TRAINING = "privacy.access.refused", "privacy.training.entered_own"


@dataclass
class AccountLooks:
    """What one account did in a month. ``records`` counts the looks at each.

    ``cases`` are the people with something open; ``unknown`` the records of whose people nobody knows any more.
    """

    cases: set[str]
    counts: Counter[str] = field(default_factory=Counter)
    people: set[str] = field(default_factory=set)
    unknown: set[Seen] = field(default_factory=set)
    records: Counter[Seen] = field(default_factory=Counter)

    def add(self, entry: AuditEntry) -> None:
        self.counts.update(_figures_of(entry))
        if not looks.is_look(entry.action):
            return
        self.counts["outside_hours"] += months.is_outside_hours(entry.at)
        if entry.about and not entry.action.endswith(".searched"):
            self.people.add(entry.about)
            self.records[entry.kind, entry.key, entry.about] += 1

    def judge(self, gone: Container[Seen]) -> None:
        """Count the looks at people without a case. Where the record is gone nobody knows: the case may be, too."""
        self.unknown = {seen for seen in self.records if seen in gone and seen[2] not in self.cases}
        without = (
            times
            for seen, times in self.records.items()
            if seen[2] not in self.cases and seen not in self.unknown
        )
        self.counts["without_case"] = sum(without)


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
    gone = set(_gone({seen for done in found.values() for seen in done.records}))
    for done in found.values():
        done.judge(gone)
    return dict(found)


def _gone(records: set[Seen]) -> Iterator[Seen]:
    """Those that were deleted since."""
    by_kind: defaultdict[str, list[Seen]] = defaultdict(list)
    for seen in records:
        by_kind[seen[0]].append(seen)
    for kind, of_kind in by_kind.items():
        if kind in {model._meta.label_lower for model in apps.get_models()}:
            rows = apps.get_model(kind)._base_manager.filter(pk__in=[key for _kind, key, _about in of_kind])
            left = set(map(str, rows.values_list("pk", flat=True)))
            yield from (seen for seen in of_kind if seen[1] not in left)


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
    found, staff = by_account(month), _staff()
    for account in sorted({*found, *staff}):
        done = found.get(account, AccountLooks(set()))
        figures = {name: done.counts[name] for name in FIGURES} | {"people": len(done.people)}
        if any(figures.values()) or account in staff:
            is_unusual = months.is_unusual(figures["looks"], _looks_before(account, month))
            LookCount.objects.create(report=report, account=account, is_unusual=is_unusual, **figures)


def _staff() -> set[int]:
    """Who looked at nothing is in the report as well: nobody has to guess whether they were forgotten."""
    accounts = get_user_model()._default_manager.filter(is_active=True, is_staff=True)
    return set(accounts.values_list("pk", flat=True))


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
