"""How many requests came and were answered, in how many days, by right and month.

They are counted when it happens, so they outlive the requests; and no number identifies anybody in public: whatever
counts fewer than :data:`SMALLEST` is merged with others, or not shown. As in :mod:`privacy.visits.daily_totals`, what
was merged stays merged.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median

from dateutil.relativedelta import relativedelta
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dsr.lifecycle.models import RequestCounter
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import paris_day
from dsr.rules.rights import IN_LAW, Right

SMALLEST = 5
MONTHS = 12
RequestMeasure = RequestCounter.RequestMeasure


@dataclass
class RequestStatistics:
    """``counts`` by measure and right; ``days`` says how many answers took how long."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    days: Counter[int] = field(default_factory=Counter)

    @property
    def received(self) -> int:
        return self.of(RequestMeasure.RECEIVED)

    @property
    def answered(self) -> int:
        """A refusal is an answer too."""
        return self.of(RequestMeasure.ANSWERED) + self.of(RequestMeasure.REFUSED)

    @property
    def median(self) -> float | None:
        """Days from receipt to answer."""
        return median(self.days.elements()) if self.days else None

    @property
    def longest(self) -> int | None:
        """Days from receipt to answer."""
        return max(self.days, default=None)

    def of(self, measure: str) -> int:
        """Of all rights together."""
        return sum(number for (counted, _right), number in self.counts.items() if counted == measure)

    def add(self, measure: str, days: int, number: int, right: str) -> None:
        self.counts[measure, right] += number
        if measure in {RequestMeasure.ANSWERED, RequestMeasure.REFUSED}:
            self.days[days] += number

    def is_anonymous(self) -> bool:
        """Whether enough requests are in it of one right alone, since one request may ask for all of them."""
        counts = self.counts
        return any(
            min(
                counts[RequestMeasure.RECEIVED, right],
                counts[RequestMeasure.ANSWERED, right] + counts[RequestMeasure.REFUSED, right],
            )
            >= SMALLEST
            for right in Right
        )


@dataclass(frozen=True)
class MonthSpan:
    """Months in a row that are published as one, for good."""

    first: date
    last: date
    rights: Mapping[str, RequestStatistics]

    @property
    def whole(self) -> RequestStatistics:
        return merge(self.rights.values())

    def name(self) -> str:
        """In the language in force."""
        first, last = (date_format(month, "YEAR_MONTH_FORMAT") for month in (self.first, self.last))
        return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def count_received(request: SubjectRequest) -> None:
    """Once for each right asked for.

    It counts in the month of its confirmation or entry, whenever it was sent: past months do not change any more.
    """
    for right in request.rights:
        RequestCounter.add(_month(request.confirmed_at), right, RequestMeasure.RECEIVED)


def count_ended(request: SubjectRequest, *, by: int = 1) -> None:
    """As its state says; ``by`` is -1 when it is reopened."""
    assert request.closed_at
    days = max(0, (paris_day(request.closed_at) - paris_day(request.received_at)).days)
    for right in request.rights:
        RequestCounter.add(_month(request.closed_at), right, request.state, days=days, by=by)


def _month(instant: datetime) -> date:
    return paris_day(instant).replace(day=1)


def by_month_and_right(counters: Iterable[RequestCounter]) -> dict[tuple[date, str], RequestStatistics]:
    """Newest month first."""
    found: dict[tuple[date, str], RequestStatistics] = {}
    for each in counters:
        if each.number:
            statistics = found.setdefault((each.month, each.right), RequestStatistics())
            statistics.add(each.measure, each.days, each.number, each.right)
    order = list(Right)
    return dict(
        sorted(found.items(), key=lambda line: (-line[0][0].toordinal(), order.index(Right(line[0][1]))))
    )


def merge(parts: Iterable[RequestStatistics]) -> RequestStatistics:
    whole = RequestStatistics()
    for part in parts:
        whole.counts.update(part.counts)
        whole.days.update(part.days)
    return whole


def merge_small(
    groups: Mapping[str, RequestStatistics],
) -> tuple[dict[str, RequestStatistics], RequestStatistics]:
    """The groups that identify nobody, and the others together.

    Where the others are too few as well, the smallest group joins them: otherwise the total would give them away.
    """
    shown = {name: statistics for name, statistics in groups.items() if statistics.is_anonymous()}
    rest = [statistics for name, statistics in groups.items() if name not in shown]
    while rest and shown and not merge(rest).is_anonymous():
        smallest = min(shown, key=lambda name: shown[name].received)
        rest.append(shown.pop(smallest))
    return shown, merge(rest)


def table() -> Iterator[tuple[object, ...]]:
    """For a spreadsheet, with the headings first."""
    heads = (
        _("month"),
        _("right"),
        *(str(measure.label) for measure in RequestMeasure),
        _("median days"),
        _("longest days"),
    )
    yield heads
    for (month, right), statistics in by_month_and_right(RequestCounter.objects.all()).items():
        counts = (statistics.of(measure) for measure in RequestMeasure)
        yield f"{month:%Y-%m}", str(IN_LAW[Right(right)]), *counts, statistics.median, statistics.longest


def spans(found: Mapping[tuple[date, str], RequestStatistics]) -> Iterator[MonthSpan]:
    """Cut the months, from the first one on, into the shortest spans that identify nobody; the last may have to wait.

    Where a span ends depends on nothing that comes after it, so what was published is never cut anew: between two looks
    lie whole spans, and nobody can be found by subtracting one from the other.
    """
    first, rights = min((month for month, _right in found), default=date.min), dict[str, RequestStatistics]()
    for month in sorted({month for month, _right in found}):
        for right in Right:
            rights[right] = merge(
                [rights.get(right, RequestStatistics()), found.get((month, right), RequestStatistics())]
            )
        if merge(rights.values()).is_anonymous():
            yield MonthSpan(first, month, rights)
            first, rights = month + relativedelta(months=1), {}


def public(*, now: datetime) -> dict[str, object]:
    """The last twelve whole months, in the language in force."""
    until = _month(now)
    since = until - relativedelta(months=MONTHS)
    found = by_month_and_right(RequestCounter.objects.filter(month__lt=until))
    shown = [each for each in spans(found) if each.last >= since]
    return {
        "since": shown[0].first if shown else since,
        "until": (shown[-1].last if shown else until - relativedelta(months=1)) + relativedelta(day=31),
        "smallest": SMALLEST,
        "all": _plain(merge(each.whole for each in shown)) if shown else None,
        "spans": [_lines(each) for each in reversed(shown)],
    }


def _lines(span: MonthSpan) -> dict[str, object]:
    """One span by right, the rarest together."""
    shown, rest = merge_small(
        {right: each for right, each in span.rights.items() if each.received or each.answered}
    )
    lines = [{"name": str(Right(right).label), **_plain(statistics)} for right, statistics in shown.items()]
    if rest.received or rest.answered:
        lines.append({"name": _("other rights") if shown else _("all rights"), **_plain(rest)})
    return {"name": span.name(), "lines": lines}


def _plain(statistics: RequestStatistics) -> dict[str, object]:
    return {
        "received": statistics.received,
        "answered": statistics.answered,
        "median_days": statistics.median,
        "longest_days": statistics.longest,
    }
