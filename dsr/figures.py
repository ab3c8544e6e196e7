"""Figures of requests: how many came and were answered, in how many days, by right and month.

They are counted when it happens, so they stay when the files of requests go; and no number tells of anybody in public:
whatever counts fewer than :data:`SMALLEST` is merged with others, or not shown.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dsr.deadlines import paris_day
from dsr.kinds import IN_LAW, Kind
from dsr.models.requests import SubjectRequest
from dsr.models.tallies import Tally

SMALLEST = 5
MONTHS = 12
What = Tally.What


@dataclass
class Figures:
    """What is known of some requests, for each right they ask for. ``days`` says how many answers took how long."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    days: Counter[int] = field(default_factory=Counter)

    @property
    def received(self) -> int:
        return self.of(What.RECEIVED)

    @property
    def answered(self) -> int:
        """A refusal is an answer too."""
        return self.of(What.ANSWERED) + self.of(What.REFUSED)

    @property
    def median(self) -> float | None:
        """Days from receipt to answer, of the answer in the middle."""
        return median(self.days.elements()) if self.days else None

    @property
    def longest(self) -> int | None:
        """Days of the answer that took longest."""
        return max(self.days, default=None)

    def of(self, what: str) -> int:
        """How many there are of one thing that is counted, whatever the right."""
        return sum(number for (counted, _kind), number in self.counts.items() if counted == what)

    def add(self, what: str, days: int, number: int, kind: str) -> None:
        """Take ``number`` more in."""
        self.counts[what, kind] += number
        if what in {What.ANSWERED, What.REFUSED}:
            self.days[days] += number

    def tells_of_nobody(self) -> bool:
        """Whether enough requests are in it: of one right alone, since one request may ask for all of them."""
        counts = self.counts
        return any(
            min(counts[What.RECEIVED, kind], counts[What.ANSWERED, kind] + counts[What.REFUSED, kind])
            >= SMALLEST
            for kind in Kind
        )


# Counting ----------------------------------------------------------------------------------------------------


def came(request: SubjectRequest) -> None:
    """Count a request that came, once for each right asked for."""
    for kind in request.kinds:
        Tally.add(_month(request.received_at), kind, What.RECEIVED)


def ended(request: SubjectRequest, *, by: int = 1) -> None:
    """Count a request that ended as its state says; ``by`` minus one when it is taken up again."""
    assert request.closed_at
    days = max(0, (paris_day(request.closed_at) - paris_day(request.received_at)).days)
    for kind in request.kinds:
        Tally.add(_month(request.closed_at), kind, request.state, days=days, by=by)


def _month(instant: datetime) -> date:
    return paris_day(instant).replace(day=1)


# Telling -----------------------------------------------------------------------------------------------------


def by_month_and_kind(tallies: Iterable[Tally]) -> dict[tuple[date, str], Figures]:
    """The figures of each month and right, newest month first."""
    found: dict[tuple[date, str], Figures] = {}
    for each in tallies:
        if each.number:
            figures = found.setdefault((each.month, each.kind), Figures())
            figures.add(each.what, each.days, each.number, each.kind)
    order = list(Kind)
    return dict(
        sorted(found.items(), key=lambda line: (-line[0][0].toordinal(), order.index(Kind(line[0][1]))))
    )


def together(parts: Iterable[Figures]) -> Figures:
    """All of them as one."""
    whole = Figures()
    for part in parts:
        whole.counts.update(part.counts)
        whole.days.update(part.days)
    return whole


def crowd(groups: Mapping[str, Figures]) -> tuple[dict[str, Figures], Figures]:
    """The groups that tell of nobody, and the others together.

    Where the others are too few as well, the smallest group joins them: from a total, what is missing could be told.
    """
    shown = {name: figures for name, figures in groups.items() if figures.tells_of_nobody()}
    rest = [figures for name, figures in groups.items() if name not in shown]
    while rest and shown and not together(rest).tells_of_nobody():
        smallest = min(shown, key=lambda name: shown[name].received)
        rest.append(shown.pop(smallest))
    return shown, together(rest)


def table() -> Iterator[tuple[Any, ...]]:
    """Everything for a spreadsheet, the heads first."""
    heads = _("month"), _("right"), *(str(what.label) for what in What), _("median days"), _("longest days")
    yield heads
    for (month, kind), figures in by_month_and_kind(Tally.objects.all()).items():
        counts = (figures.of(what) for what in What)
        yield f"{month:%Y-%m}", str(IN_LAW[Kind(kind)]), *counts, figures.median, figures.longest


def public(*, now: datetime) -> dict[str, Any]:
    """What everybody may know of the last twelve whole months, in the language in force."""
    until = _month(now)
    since = until - relativedelta(months=MONTHS)
    found = by_month_and_kind(Tally.objects.filter(month__gte=since, month__lt=until))
    months: dict[str, list[Figures]] = {}
    kinds: dict[str, list[Figures]] = {}
    for (month, kind), figures in found.items():
        months.setdefault(date_format(month, "YEAR_MONTH_FORMAT"), []).append(figures)
        kinds.setdefault(str(Kind(kind).label), []).append(figures)
    whole = together(found.values())
    is_shown = whole.tells_of_nobody()
    return {
        "since": since,
        "until": until - relativedelta(days=1),
        "smallest": SMALLEST,
        "all": _plain(whole) if is_shown else None,
        "kinds": _lines(kinds, _("other rights")) if is_shown else [],
        "months": _lines(months, _("other months")) if is_shown else [],
    }


def _lines(groups: Mapping[str, list[Figures]], rest_name: str) -> list[dict[str, Any]]:
    shown, rest = crowd({name: together(parts) for name, parts in groups.items()})
    lines = [{"name": name, **_plain(figures)} for name, figures in shown.items()]
    return [*lines, {"name": rest_name, **_plain(rest)}] if rest.received or rest.answered else lines


def _plain(figures: Figures) -> dict[str, Any]:
    return {
        "received": figures.received,
        "answered": figures.answered,
        "median_days": figures.median,
        "longest_days": figures.longest,
    }
