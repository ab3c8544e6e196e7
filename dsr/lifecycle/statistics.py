"""Figures of requests: how many came and were answered, in how many days, by right and month.

They are counted when it happens, so they stay when the files of requests go; and no number tells of anybody in public:
whatever counts fewer than :data:`SMALLEST` is merged with others, or not shown. As in
:mod:`privacy.visits.daily_totals`, what was merged stays merged.
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

from dsr.lifecycle.models import Tally
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import paris_day
from dsr.rules.rights import IN_LAW, Kind

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


@dataclass(frozen=True)
class Span:
    """Months in a row that are told as one, for good: what came and was answered in them, by right."""

    first: date
    last: date
    kinds: Mapping[str, Figures]

    @property
    def whole(self) -> Figures:
        """All rights together."""
        return together(self.kinds.values())

    def name(self) -> str:
        """The month, or the first and the last one, in the language in force."""
        first, last = (date_format(month, "YEAR_MONTH_FORMAT") for month in (self.first, self.last))
        return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


# Counting ----------------------------------------------------------------------------------------------------


def came(request: SubjectRequest) -> None:
    """Count a request that came, once for each right asked for.

    It counts when it was confirmed or entered, whenever it was sent: what a past month holds does not change any more.
    """
    for kind in request.kinds:
        Tally.add(_month(request.confirmed_at), kind, What.RECEIVED)


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


def spans(found: Mapping[tuple[date, str], Figures]) -> Iterator[Span]:
    """Cut the months, from the first one on, into the shortest spans that tell of nobody; the last ones may still wait.

    Where a span ends depends on nothing that comes after it, so what was once told is never cut anew: between two
    looks lie whole spans, and nobody can be found by taking one from the other.
    """
    first, kinds = min((month for month, _kind in found), default=date.min), dict[str, Figures]()
    for month in sorted({month for month, _kind in found}):
        for kind in Kind:
            kinds[kind] = together([kinds.get(kind, Figures()), found.get((month, kind), Figures())])
        if together(kinds.values()).tells_of_nobody():
            yield Span(first, month, kinds)
            first, kinds = month + relativedelta(months=1), {}


def public(*, now: datetime) -> dict[str, Any]:
    """What everybody may know of the last twelve whole months, in the language in force."""
    until = _month(now)
    since = until - relativedelta(months=MONTHS)
    found = by_month_and_kind(Tally.objects.filter(month__lt=until))
    shown = [each for each in spans(found) if each.last >= since]
    return {
        "since": shown[0].first if shown else since,
        "until": (shown[-1].last if shown else until - relativedelta(months=1)) + relativedelta(day=31),
        "smallest": SMALLEST,
        "all": _plain(together(each.whole for each in shown)) if shown else None,
        "spans": [_lines(each) for each in reversed(shown)],
    }


def _lines(span: Span) -> dict[str, Any]:
    """One span with its rights, those that were asked for least together."""
    shown, rest = crowd({kind: each for kind, each in span.kinds.items() if each.received or each.answered})
    lines = [{"name": str(Kind(kind).label), **_plain(figures)} for kind, figures in shown.items()]
    if rest.received or rest.answered:
        lines.append({"name": _("other rights") if shown else _("all rights"), **_plain(rest)})
    return {"name": span.name(), "lines": lines}


def _plain(figures: Figures) -> dict[str, Any]:
    return {
        "received": figures.received,
        "answered": figures.answered,
        "median_days": figures.median,
        "longest_days": figures.longest,
    }
