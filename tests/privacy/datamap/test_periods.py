"""Calendar periods: month ends, leap days, nights in which the clocks change, and the same in SQL."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import DateTimeField, Value
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from privacy.datamap.periods import Period, expires_expression
from privacy.mail.models import Mail

PARIS = ZoneInfo("Europe/Paris")
SIX_MONTHS, FIVE_YEARS, DAY = Period(months=6), Period(years=5), Period(days=1)
SECOND = timedelta(seconds=1)


def paris(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=PARIS, fold=fold)


TABLE = [
    (SIX_MONTHS, paris(2026, 5, 23, 10), paris(2026, 11, 23, 10)),
    # The last day of a month, where the other month is shorter
    (SIX_MONTHS, paris(2026, 8, 31, 12), paris(2027, 2, 28, 12)),
    (SIX_MONTHS, paris(2027, 8, 31, 12), paris(2028, 2, 29, 12)),
    (SIX_MONTHS, paris(2026, 8, 28, 12), paris(2027, 2, 28, 12)),
    (SIX_MONTHS, paris(2026, 12, 31, 23, 59, 59), paris(2027, 6, 30, 23, 59, 59)),
    (Period(months=1), paris(2026, 1, 31), paris(2026, 2, 28)),
    # Leap days
    (FIVE_YEARS, paris(2024, 2, 29, 8), paris(2029, 2, 28, 8)),
    (Period(years=4), paris(2024, 2, 29, 8), paris(2028, 2, 29, 8)),
    (FIVE_YEARS, paris(2023, 2, 28, 8), paris(2028, 2, 28, 8)),
    (Period(years=2, months=1, days=3), paris(2026, 1, 31, 8), paris(2028, 3, 3, 8)),
    # The century that is no leap year
    (Period(years=4), paris(2096, 2, 29, 8), paris(2100, 2, 28, 8)),
    # 29 March 2026: there is no 02:30. The period ends when the clock would have shown it.
    (DAY, paris(2026, 3, 28, 2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    (SIX_MONTHS, paris(2025, 9, 29, 2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    (DAY, paris(2026, 3, 29, 3, 30), paris(2026, 3, 30, 3, 30)),
    # 25 October 2026: 02:30 comes twice. The first is meant, because "at most" is strict.
    (DAY, paris(2026, 10, 24, 2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    (SIX_MONTHS, paris(2026, 4, 25, 2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    (DAY, paris(2026, 10, 25, 2, 30), paris(2026, 10, 26, 2, 30)),
    (DAY, paris(2026, 10, 25, 2, 30, fold=1), paris(2026, 10, 26, 2, 30)),
    # A day of 23 and one of 25 hours
    (DAY, paris(2026, 3, 28, 12), datetime(2026, 3, 29, 10, tzinfo=UTC)),
    (DAY, paris(2026, 10, 24, 12), datetime(2026, 10, 25, 11, tzinfo=UTC)),
    # The day is that of Paris, not of Greenwich
    (Period(months=1), datetime(2026, 1, 30, 23, 30, tzinfo=UTC), datetime(2026, 2, 27, 23, 30, tzinfo=UTC)),
]


@pytest.mark.parametrize(("period", "since", "end"), TABLE)
def test_a_period_ends_by_the_calendar_to_the_second(period: Period, since: datetime, end: datetime):
    assert period.after(since) == end.astimezone(UTC)
    assert not period.is_over(since, end.astimezone(UTC) - SECOND)
    assert period.is_over(since, end.astimezone(UTC))
    assert period.is_over(since, end.astimezone(UTC) + SECOND)


@pytest.mark.parametrize(("period", "since", "end"), TABLE)
def test_the_coarse_bounds_never_cut_into_what_counts(period: Period, since: datetime, end: datetime):
    """`earliest` and `latest` are hints for an index: the exact rule decides between them."""
    before, after = end.astimezone(UTC) - SECOND, end.astimezone(UTC)
    assert since > period.earliest(before)
    assert since < period.latest(after)


@pytest.mark.parametrize("parts", [{}, {"years": 0}, {"months": -1}, {"days": -1, "years": 1}])
def test_a_period_is_longer_than_nothing(parts):
    with pytest.raises(ValueError, match="longer than nothing"):
        Period(**parts)


@pytest.mark.parametrize(
    ("period", "english", "french", "iso"),
    [
        (SIX_MONTHS, "6 months", "6 mois", "P6M"),
        (Period(years=1), "1 year", "1 an", "P1Y"),
        (FIVE_YEARS, "5 years", "5 ans", "P5Y"),
        (DAY, "1 day", "1 jour", "P1D"),
        (
            Period(years=2, months=1, days=3),
            "2 years, 1 month and 3 days",
            "2 ans, 1 mois et 3 jours",
            "P2Y1M3D",
        ),
    ],
)
def test_a_period_says_itself_in_both_languages_and_to_machines(period, english, french, iso):
    with override("en"):
        assert str(period) == english
    with override("fr"):
        assert str(period) == french
    assert period.iso == iso


def in_sql(period: Period, since: datetime) -> datetime:
    value = Value(since, DateTimeField())
    expression = expires_expression(value, period)
    with connection.cursor() as cursor:
        compiler = Mail.objects.all().query.get_compiler(connection=connection)
        sql, parameters = compiler.compile(expression.resolve_expression(compiler.query))
        cursor.execute(f"SELECT {sql}", parameters)
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize(("period", "since", "end"), TABLE)
def test_sql_says_the_same(period: Period, since: datetime, end: datetime):
    assert in_sql(period, since) == end.astimezone(UTC)


instants = some.datetimes(
    min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=some.just(UTC)
)
# Half of the instants near the nights in which the clocks change, where the rules differ if they ever do.
nights = some.builds(
    lambda year, month, minutes: datetime(year, month, 24, tzinfo=UTC) + timedelta(minutes=minutes),
    some.integers(2000, 2099),
    some.sampled_from([3, 4, 9, 10]),
    some.integers(0, 8 * 24 * 60),
)
periods = some.builds(
    Period, some.integers(0, 12), some.integers(0, 24), some.integers(1, 40)
) | some.sampled_from([SIX_MONTHS, FIVE_YEARS, Period(years=3), Period(months=3), Period(years=1)])


@pytest.mark.django_db
@settings(
    max_examples=400,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(since=instants | nights, period=periods)
def test_sql_and_python_never_disagree(since: datetime, period: Period):
    assert in_sql(period, since) == period.after(since)


@settings(max_examples=300)
@given(since=instants | nights, period=periods)
def test_a_period_ends_after_it_began_and_within_its_coarse_bounds(since: datetime, period: Period):
    end = period.after(since)
    assert end > since
    assert since > period.earliest(end - timedelta(microseconds=1))
    assert since < period.latest(end)
