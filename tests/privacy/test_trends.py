"""Totals and trends: true numbers that tell of nobody, the same before and after the visits are gone."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from privacy import navigation, partitions, totals, trends
from privacy.models import DailyTotal, Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(now) -> date:
    navigation.prepare_partitions(now=now)
    return now.date()


def seen(at: datetime, path: str, referrer: str = "", *, browsers: int, views: int = 1) -> None:
    Visit.objects.bulk_create(
        Visit(at=at, number=uuid4().int >> 65, visitor=who, path=path, referrer=referrer, language="en")
        for who in [uuid4() for _browser in range(browsers)]
        for _view in range(views)
    )


def kept(day: date) -> set[tuple[str, str, int]]:
    totals.keep([day], f"privacy_visit_{day:%Y%m%d}")
    return set(DailyTotal.objects.filter(day=day).values_list("path", "referrer", "visits"))


def test_a_crowd_is_counted_and_fewer_are_merged(day, now):
    seen(now, "/", browsers=5)
    seen(now, "/", "search.example", browsers=4)
    seen(now, "/", "rare.example", browsers=1)
    seen(now, "/secret-offer/", "one.example", browsers=1)
    assert kept(day) == {("/", "", 5), ("/", "*", 5), ("*", "*", 1)}
    assert kept(day) == {("/", "", 5), ("/", "*", 5), ("*", "*", 1)}


def test_one_busy_reader_is_no_crowd(day, now):
    seen(now, "/contact/", browsers=1, views=50)
    assert kept(day) == {("*", "*", 50)}


def test_a_browser_that_comes_by_two_sites_counts_once(day, now):
    seen(now, "/", "a.example", browsers=4)
    for visit in list(Visit.objects.all()):
        visit.referrer, visit.number = "b.example", uuid4().int >> 65
        visit.save(force_insert=True)
    assert kept(day) == {("*", "*", 8)}


def test_the_trends_are_the_same_once_the_visits_are_gone(day, now):
    old = partitions.first_kept(now)
    partitions.prepare([old])
    seen(partitions.begin(old), "/", "search.example", browsers=6)
    seen(partitions.begin(old), "/careers/", browsers=2)
    seen(now, "/", browsers=7)
    before = trends.trends(days=730, now=now)
    assert [(bar.day, bar.visits) for bar in before.days if bar.visits] == [(old, 8), (day, 7)]
    assert [(bar.name, bar.visits, bar.length) for bar in before.pages] == [("/", 13, 100), ("*", 2, 15)]
    assert [(bar.name, bar.visits) for bar in before.referrers] == [
        ("", 7),
        ("search.example", 6),
        ("*", 2),
    ]
    later = partitions.PERIOD.after(partitions.begin(old))
    partitions.drop_due(now=later, certify=lambda gone: None)
    after = trends.trends(days=730, now=later)
    assert (after.pages, after.referrers, after.visits) == (before.pages, before.referrers, 15)
    assert after.living == old + timedelta(days=1)


def test_a_day_past_its_period_is_not_counted_from_visits_any_more(day, now):
    old = partitions.first_kept(now) - timedelta(days=1)
    partitions.prepare([old])
    seen(partitions.begin(old), "/", browsers=9)
    assert trends.trends(days=730, now=now).visits == 0


def test_many_pages_are_shown_as_fifteen_and_the_rest(day, now):
    for number in range(20):
        seen(now, f"/{number:02}/", browsers=5)
    bars = trends.trends(days=30, now=now).pages
    assert len(bars) == trends.LISTED + 1
    assert (bars[-1].name, bars[-1].visits) == (totals.OTHER, 25)


@pytest.mark.parametrize(("prefix", "words"), [("", "other sites"), ("/fr", "autres sites")])
def test_the_controller_sees_plots_and_their_numbers(desk, prefix, words):
    moment = timezone.now()
    navigation.prepare_partitions(now=moment)
    seen(moment, "/contact/", "<b>.example", browsers=6)
    seen(moment, "/contact/", "rare.example", browsers=5)
    seen(moment, "/contact/", "one.example", browsers=1)
    seen(moment, "/contact/", "two.example", browsers=4)
    page = desk.get(f"{prefix}/admin/privacy/dailytotal/?days=90").text
    assert "<svg" in page
    assert 'viewBox="0 0 90 100"' in page
    assert "&lt;b&gt;.example" in page
    assert words in page
    assert "one.example" not in page
    assert "style=" not in page


def test_nonsense_in_the_address_is_thirty_days_and_nothing_seen_is_no_plot(desk):
    page = desk.get("/admin/privacy/dailytotal/?days=99999999").text
    assert 'aria-current="page">30 days' in page
    assert "0 page views." in page
    assert "<figure" not in page


def test_somebody_without_the_permission_sees_nothing(client, clerk):
    client.force_login(clerk)
    assert client.get("/admin/privacy/dailytotal/").status_code == 403
