"""Totals and trends: true numbers that tell of nobody, the same before and after the visits are gone."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from privacy.visits import counting, daily_totals, partitions, recording, trends
from privacy.visits.counting_models import DailyTotal
from privacy.visits.models import Visit
from tests import actors, certificates
from tests.visit_factories import make_visits

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(now) -> date:
    recording.prepare_partitions(now=now)
    return now.date()


def kept(day: date) -> set[tuple[str, str, int]]:
    daily_totals.store([day], "privacy_visit")
    return set(DailyTotal.objects.filter(day=day).values_list("path", "referrer", "visits"))


def test_a_crowd_is_counted_and_fewer_are_merged(day, now):
    make_visits(now, "/", browsers=5)
    make_visits(now, "/", "search.example", browsers=4)
    make_visits(now, "/", "rare.example", browsers=1)
    make_visits(now, "/secret-offer/", "one.example", browsers=1)
    assert kept(day) == {("/", "", 5), ("/", "*", 5), ("*", "*", 1)}
    assert kept(day) == {("/", "", 5), ("/", "*", 5), ("*", "*", 1)}


def test_one_busy_reader_is_no_crowd(day, now):
    make_visits(now, "/contact/", browsers=1, views=50)
    assert kept(day) == {("*", "*", 50)}


def test_a_monitor_that_never_sends_its_number_back_is_no_crowd_and_is_counted_apart(db, now):
    """It had 42 views in one day, one for each number that it was given, and was as many browsers."""
    monitor, reader = Client(), Client()
    with time_machine.travel(now, tick=False):
        recording.prepare_partitions(now=now)
        for _view in range(42):
            monitor.cookies.clear()
            assert monitor.get("/").status_code == 200
        for _view in range(2):
            reader.get("/careers/")
    recording.drain(now=now)
    assert len(set(Visit.objects.values_list("visitor", flat=True))) == 43
    for counted in (False, True):
        if counted:
            daily_totals.store([now.date()], "privacy_visit")
        shown = trends.trends(days=30, now=now)
        assert [(bar.name, bar.visits) for bar in shown.pages] == [("*", 2)]
        assert [(bar.name, bar.visits) for bar in shown.referrers] == [("*", 2)]
        assert (shown.visits, shown.without_cookie) == (2, 42)
    rows = DailyTotal.objects.values_list("path", "referrer", "has_cookie", "visits")
    assert set(rows) == {("*", "*", True, 2), ("*", "*", False, 42)}


def test_those_without_a_cookie_make_no_crowd_with_those_who_have_one(day, now):
    make_visits(now, "/", browsers=4)
    make_visits(now, "/", browsers=40, has_cookie=False)
    make_visits(now, "/careers/", browsers=5)
    assert kept(day) == {("/careers/", "", 5), ("*", "*", 4), ("*", "*", 40)}


def test_a_browser_counts_with_its_first_view_once_it_sent_its_number_back_that_day(day, now):
    make_visits(now, "/", browsers=5, has_cookie=False)
    for visit in list(Visit.objects.all()):
        visit.number, visit.has_cookie, visit.path = uuid4().int >> 65, True, "/contact/"
        visit.save(force_insert=True)
    assert kept(day) == {("/", "", 5), ("/contact/", "", 5)}
    assert trends.trends(days=30, now=now).without_cookie == 0


def test_what_is_counted_apart_is_that_of_the_days_that_are_shown(day, now):
    partitions.prepare([day - timedelta(days=30)])
    make_visits(now, "/", browsers=3, has_cookie=False)
    make_visits(now - timedelta(days=30), "/", browsers=5, has_cookie=False)
    assert [trends.trends(days=days, now=now).without_cookie for days in (30, 90)] == [3, 8]


@pytest.mark.parametrize(
    ("prefix", "views", "words"),
    [
        ("", 1, "1 more page view came without our cookie"),
        ("", 42, "42 more page views came without our cookie"),
        ("/fr", 1, "1 page vue en plus, sans notre cookie"),
        ("/fr", 42, "42 pages vues en plus, sans notre cookie"),
    ],
)
def test_the_controller_sees_apart_what_came_without_a_cookie(dpo_client, prefix, views, words):
    moment = timezone.now()
    recording.prepare_partitions(now=moment)
    make_visits(moment, "/contact/", browsers=views, has_cookie=False)
    page = dpo_client.get(f"{prefix}/admin/privacy/dailytotal/?days=30").text
    assert words in page
    assert "/contact/" not in page


def test_a_browser_that_comes_by_two_sites_counts_once(day, now):
    make_visits(now, "/", "a.example", browsers=4)
    for visit in list(Visit.objects.all()):
        visit.referrer, visit.number = "b.example", uuid4().int >> 65
        visit.save(force_insert=True)
    assert kept(day) == {("*", "*", 8)}


def test_the_trends_are_the_same_once_the_visits_are_gone(day, now):
    old = partitions.first_kept(now)
    partitions.prepare([old])
    make_visits(partitions.begin(old), "/", "search.example", browsers=6)
    make_visits(partitions.begin(old), "/careers/", browsers=2)
    make_visits(now, "/", browsers=7)
    before = trends.trends(days=200, now=now)
    assert [(bar.day, bar.visits) for bar in before.days if bar.visits] == [(old, 8), (day, 7)]
    assert [(bar.name, bar.visits, bar.length) for bar in before.pages] == [("/", 13, 100), ("*", 2, 15)]
    assert [(bar.name, bar.visits) for bar in before.referrers] == [
        ("", 7),
        ("search.example", 6),
        ("*", 2),
    ]
    later = partitions.PERIOD.after(partitions.begin(old))
    certificates.drop(later, lambda gone: None)
    after = trends.trends(days=366, now=later)
    assert (after.pages, after.referrers, after.visits) == (before.pages, before.referrers, 15)
    assert (before.living, after.living > old) == (old, True)


def test_a_day_past_its_period_is_not_counted_from_visits_any_more(day, now):
    old = partitions.first_kept(now) - timedelta(days=1)
    partitions.prepare([old])
    make_visits(partitions.begin(old), "/", browsers=9)
    assert trends.trends(days=200, now=now).visits == 0


def test_two_years_are_shown_in_weeks_of_which_today_ends_the_last(day, now):
    make_visits(now, "/", browsers=6)
    make_visits(now - timedelta(days=6), "/", browsers=5)
    partitions.prepare([day - timedelta(days=7)])
    make_visits(now - timedelta(days=7), "/", browsers=7)
    shown = trends.trends(days=730, now=now)
    assert (shown.step, len(shown.days), shown.last) == (7, 104, day)
    assert [(bar.day, bar.visits, bar.height) for bar in shown.days[-2:]] == [
        (day - timedelta(days=13), 7, 64), (day - timedelta(days=6), 11, 100)
    ]  # fmt: skip
    assert shown.visits == 18


@pytest.mark.parametrize(
    ("prefix", "number", "span"), [("", "6,000", "By week"), ("/fr", "6\xa0000", "Par semaine")]
)
def test_large_numbers_are_grouped_as_each_language_does(dpo_client, prefix, number, span):
    DailyTotal.objects.create(day=timezone.now() - timedelta(days=250), path="/", visits=6000)
    page = dpo_client.get(f"{prefix}/admin/privacy/dailytotal/?days=730").text
    assert page.count(number) >= 5
    assert span in page
    assert "6000" not in page


def test_many_pages_are_shown_as_fifteen_and_the_rest(day, now):
    for number in range(20):
        make_visits(now, f"/{number:02}/", browsers=5)
    bars = trends.trends(days=30, now=now).pages
    assert len(bars) == trends.LISTED + 1
    assert (bars[-1].name, bars[-1].visits) == (daily_totals.OTHER, 25)


def test_the_merged_ones_come_last_however_many_they_are(day, now):
    make_visits(now, "/", browsers=5)
    make_visits(now, "/contact/", browsers=1, views=50)
    shown = trends.trends(days=30, now=now)
    assert [(bar.name, bar.visits, bar.length) for bar in shown.pages] == [("/", 5, 10), ("*", 50, 100)]
    assert [bar.name for bar in shown.referrers] == ["", "*"]


def test_pages_are_those_of_the_days_that_are_shown(day, now):
    """Counted or not: the pages have no other sum than the days."""
    for days in (29, 30):
        partitions.prepare([day - timedelta(days=days)])
        make_visits(now - timedelta(days=days), f"/{days}/", browsers=6)
    for _counted in range(2):
        shown = trends.trends(days=30, now=now)
        assert [(bar.name, bar.visits) for bar in shown.pages] == [("/29/", 6)]
        assert shown.visits == 6
        counting.count_finished(now=now)


@pytest.mark.parametrize(("prefix", "words"), [("", "other sites"), ("/fr", "autres sites")])
def test_the_controller_sees_plots_and_their_numbers(dpo_client, prefix, words):
    moment = timezone.now()
    recording.prepare_partitions(now=moment)
    make_visits(moment, "/contact/", "<b>.example", browsers=6)
    make_visits(moment, "/contact/", "rare.example", browsers=5)
    make_visits(moment, "/contact/", "one.example", browsers=1)
    make_visits(moment, "/contact/", "two.example", browsers=4)
    page = dpo_client.get(f"{prefix}/admin/privacy/dailytotal/?days=90").text
    assert "<svg" in page
    assert 'viewBox="0 0 90 100"' in page
    assert "&lt;b&gt;.example" in page
    assert words in page
    assert "one.example" not in page
    assert "style=" not in page


def test_nonsense_in_the_address_is_thirty_days_and_nothing_seen_is_no_plot(dpo_client):
    page = dpo_client.get("/admin/privacy/dailytotal/?days=99999999").text
    assert 'aria-current="page">30 days' in page
    assert "0 page views." in page
    assert "<figure" not in page


def test_somebody_without_the_permission_sees_nothing(client, clerk):
    actors.sign_in(client, clerk)
    assert client.get("/admin/privacy/dailytotal/").status_code == 403


def test_the_first_page_leads_to_the_trends_whoever_may_see_them(client, dpo_client, clerk):
    actors.sign_in(client, clerk)
    pages = [each.get("/admin/").text for each in (dpo_client, client)]
    assert [">Trends of visits</a>" in page for page in pages] == [True, False]
