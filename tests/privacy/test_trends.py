"""Totals and trends: true numbers that tell of nobody, the same before and after the visits are gone."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from privacy import counting, erasure, navigation, partitions, restriction, totals, trends
from privacy.journal import Entry
from privacy.models import CountedDay, DailyTotal, Visit
from privacy.subjects import Subject

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
    totals.keep([day], "privacy_visit")
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
    before = trends.trends(days=200, now=now)
    assert [(bar.day, bar.visits) for bar in before.days if bar.visits] == [(old, 8), (day, 7)]
    assert [(bar.name, bar.visits, bar.length) for bar in before.pages] == [("/", 13, 100), ("*", 2, 15)]
    assert [(bar.name, bar.visits) for bar in before.referrers] == [
        ("", 7),
        ("search.example", 6),
        ("*", 2),
    ]
    later = partitions.PERIOD.after(partitions.begin(old))
    partitions.drop_due(now=later, certify=lambda gone: None)
    after = trends.trends(days=366, now=later)
    assert (after.pages, after.referrers, after.visits) == (before.pages, before.referrers, 15)
    assert (before.living, after.living > old) == (old, True)


def test_a_day_past_its_period_is_not_counted_from_visits_any_more(day, now):
    old = partitions.first_kept(now) - timedelta(days=1)
    partitions.prepare([old])
    seen(partitions.begin(old), "/", browsers=9)
    assert trends.trends(days=200, now=now).visits == 0


# Counted early, and again ------------------------------------------------------------------------------------


@pytest.fixture
def yesterday(day, now) -> date:
    """A day that is over, with a crowd; and counted."""
    seen(now - timedelta(days=1), "/", browsers=6)
    assert counting.count_finished(now=now) == [before for before in partitions.attached() if before < day]
    assert views(now) == 6
    return day - timedelta(days=1)


def views(now: datetime) -> int:
    """How many page views the trends show; and that the day that is over shows the same when it is counted anew."""
    shown = trends.trends(days=30, now=now).visits
    counting.count_finished(now=now)
    assert trends.trends(days=30, now=now).visits == shown
    return shown


def counted(day: date) -> bool:
    return not totals.uncounted([day])


def test_a_day_is_counted_soon_after_it_ended_and_once(day, now):
    end = partitions.begin(day + timedelta(days=1))
    assert day not in counting.count_finished(now=end + counting.SETTLES - timedelta(seconds=1))
    assert counting.count_finished(now=end + counting.SETTLES) == [day]
    assert counting.count_finished(now=end + counting.SETTLES) == []
    assert CountedDay.objects.get(day=day).visits == 0


def test_the_purge_finds_the_totals_and_counts_nothing(yesterday, now, monkeypatch):
    """Neither does it read a single visit: what they were stands in the marks."""
    later = partitions.PERIOD.after(partitions.begin(yesterday))
    counting.count_finished(now=later)
    monkeypatch.setattr(totals, "keep", None)
    gone: list[partitions.Gone] = []
    with CaptureQueriesContext(connection) as asked:
        partitions.drop_due(now=later, certify=gone.append)
    assert not [query["sql"] for query in asked if "count(*)" in query["sql"] or "SELECT at" in query["sql"]]
    at = now - timedelta(days=1)
    assert [(each.count, each.oldest, each.newest) for each in gone if each.count] == [(6, at, at)]
    mark = CountedDay.objects.get(day=yesterday)
    assert (mark.visits, mark.oldest, mark.newest, mark.is_gone) == (6, None, None, True)
    assert DailyTotal.objects.get().visits == 6


def test_visits_that_come_late_are_counted_with_the_others(yesterday, now, monkeypatch):
    for number in range(3):
        columns = (partitions.begin(yesterday).isoformat(), number, uuid4(), r"\N", "/", "", "en")
        navigation.spool().append("\t".join(map(str, columns)).encode())
    assert navigation.drain(now=now) == 3
    assert not counted(yesterday)
    assert views(now) == 9
    assert CountedDay.objects.get(day=yesterday).visits == 9
    partitions.drop_due(now=partitions.PERIOD.after(partitions.begin(yesterday)), certify=lambda gone: None)
    assert DailyTotal.objects.get().visits == 9


def test_what_came_too_late_to_be_counted_early_is_counted_by_the_purge(yesterday, now):
    seen(now - timedelta(days=1), "/", browsers=5)
    totals.count_again([yesterday])
    later, gone = partitions.PERIOD.after(partitions.begin(yesterday)), []
    partitions.drop_due(now=later, certify=gone.append)
    assert sum(each.count for each in gone) == 11
    assert DailyTotal.objects.get().visits == 11


def somebody(yesterday: date, now: datetime) -> Subject:
    """One of those who were seen; from today on they are there again."""
    visitor = Visit.objects.filter(at__lt=partitions.begin(yesterday + timedelta(days=1))).first().visitor
    return Subject(emails=frozenset({"alice@example.org"}), visitors=frozenset({visitor}))


def test_who_objected_is_not_counted_not_even_on_days_that_were(yesterday, now):
    (visitor,) = somebody(yesterday, now).visitors
    navigation.stop_recording(visitor, now=now)
    assert not counted(yesterday)
    assert views(now) == 5
    assert CountedDay.objects.get(day=yesterday).visits == 6  # it is there; and goes with the certificate


def test_the_data_of_a_restricted_person_are_not_counted_until_it_is_lifted(yesterday, now, acting):
    placed = restriction.restrict(somebody(yesterday, now), reason="contested", now=now)
    assert not counted(yesterday)
    assert views(now) == 5
    restriction.unrestrict(placed, now=now)
    assert not counted(yesterday)
    assert views(now) == 6


def test_a_restriction_lifted_again_after_a_restore_is_over_for_totals_too(yesterday, now, acting):
    placed = restriction.restrict(somebody(yesterday, now), reason="contested", now=now)
    assert views(now) == 5
    lifted = Entry(1, now, "privacy.restriction.lifted", {"who": [placed.about]})
    restriction.lift_again(lifted, Subject(), now=now)
    assert not counted(yesterday)
    assert views(now) == 6


def test_a_key_that_a_restriction_learns_later_is_left_out_too(yesterday, now, acting):
    subject = somebody(yesterday, now)
    restriction.restrict(replace(subject, visitors=frozenset()), reason="contested", now=now)
    assert views(now) == 6
    restriction.restrict(subject, reason="contested", now=now)
    assert views(now) == 5


def test_who_was_erased_is_not_counted(yesterday, now, acting):
    erasure.erase(somebody(yesterday, now), now=now)
    assert not counted(yesterday)
    assert views(now) == 5
    assert CountedDay.objects.get(day=yesterday).visits == 5


def test_with_one_less_a_crowd_may_be_none(day, now):
    seen(now, "/careers/", browsers=5)
    assert [bar.name for bar in trends.trends(days=30, now=now).pages] == ["/careers/"]
    navigation.stop_recording(Visit.objects.first().visitor, now=now)
    assert [(bar.name, bar.visits) for bar in trends.trends(days=30, now=now).pages] == [("*", 4)]


def test_a_day_whose_visits_are_gone_is_never_counted_again(yesterday, now):
    partitions.drop_due(now=partitions.PERIOD.after(partitions.begin(yesterday)), certify=lambda gone: None)
    totals.count_again([yesterday])
    assert counted(yesterday)
    assert totals.gone([yesterday]) == {yesterday}


def test_two_years_are_shown_in_weeks_of_which_today_ends_the_last(day, now):
    seen(now, "/", browsers=6)
    seen(now - timedelta(days=6), "/", browsers=5)
    partitions.prepare([day - timedelta(days=7)])
    seen(now - timedelta(days=7), "/", browsers=7)
    shown = trends.trends(days=730, now=now)
    assert (shown.step, len(shown.days), shown.last) == (7, 104, day)
    assert [(bar.day, bar.visits, bar.height) for bar in shown.days[-2:]] == [
        (day - timedelta(days=13), 7, 64), (day - timedelta(days=6), 11, 100)
    ]  # fmt: skip
    assert shown.visits == 18


@pytest.mark.parametrize(
    ("prefix", "number", "span"), [("", "6,000", "By week"), ("/fr", "6\xa0000", "Par semaine")]
)
def test_large_numbers_are_grouped_as_each_language_does(desk, prefix, number, span):
    DailyTotal.objects.create(day=timezone.now() - timedelta(days=250), path="/", visits=6000)
    page = desk.get(f"{prefix}/admin/privacy/dailytotal/?days=730").text
    assert page.count(number) >= 5
    assert span in page
    assert "6000" not in page


def test_many_pages_are_shown_as_fifteen_and_the_rest(day, now):
    for number in range(20):
        seen(now, f"/{number:02}/", browsers=5)
    bars = trends.trends(days=30, now=now).pages
    assert len(bars) == trends.LISTED + 1
    assert (bars[-1].name, bars[-1].visits) == (totals.OTHER, 25)


def test_the_merged_ones_come_last_however_many_they_are(day, now):
    seen(now, "/", browsers=5)
    seen(now, "/contact/", browsers=1, views=50)
    shown = trends.trends(days=30, now=now)
    assert [(bar.name, bar.visits, bar.length) for bar in shown.pages] == [("/", 5, 10), ("*", 50, 100)]
    assert [bar.name for bar in shown.referrers] == ["", "*"]


def test_pages_are_those_of_the_days_that_are_shown(day, now):
    """Counted or not: the pages have no other sum than the days."""
    for days in (29, 30):
        partitions.prepare([day - timedelta(days=days)])
        seen(now - timedelta(days=days), f"/{days}/", browsers=6)
    for _counted in range(2):
        shown = trends.trends(days=30, now=now)
        assert [(bar.name, bar.visits) for bar in shown.pages] == [("/29/", 6)]
        assert shown.visits == 6
        counting.count_finished(now=now)


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


def test_the_first_page_leads_to_the_trends_whoever_may_see_them(client, desk, clerk):
    client.force_login(clerk)
    pages = [each.get("/admin/").text for each in (desk, client)]
    assert [">Trends of visits</a>" in page for page in pages] == [True, False]
