"""The place for notices: three functions, three consents; nothing without them."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.apps import apps
from django.test import Client

from consent.notices import browser_counts, notices
from consent.notices.models import Campaign, CampaignDay, Notice
from consent.notices.notices import CachedNotice
from tests.consent.conftest import TARGETING, Visitor

NOW = datetime(2026, 11, 1, 10, tzinfo=UTC)
TEXTS = {"en": "a", "fr": "b"}


def notice(number: int, topic: str = "", cap: int = 3, **more) -> CachedNotice:
    return CachedNotice(number, TEXTS, TEXTS, "/", topic, None, cap, NOW, more.get("ends_at"))


GENERAL, CAREERS, CONTACT, NEWER = notice(1), notice(2, "careers"), notice(3, "contact", cap=1), notice(4)


@pytest.mark.parametrize(
    ("topics", "seen", "shown"),
    [
        (None, None, 1),
        (None, {}, 1),
        (None, {"1": 2}, 1),
        (None, {"1": 3}, 1),
        ({}, None, 1),
        ({"careers": 1}, None, 2),
        ({"careers": 1, "contact": 2}, None, 3),
        ({"careers": 1, "contact": 2}, {"3": 1}, 2),
        ({"careers": 1}, {"2": 9, "1": 9}, 1),
        ({"elsewhere": 7}, {}, 1),
    ],
)
def test_which_notice_is_shown(topics, seen, shown: int | None):
    found = notices.choose([GENERAL, CAREERS, CONTACT], topics=topics, seen=seen, now=NOW)
    assert (found.id if found else None) == shown


def test_the_oldest_general_notice_has_no_cap_and_every_other_has():
    candidates = [NEWER, GENERAL]
    found = [
        notices.choose(candidates, topics=None, seen=seen, now=NOW) for seen in (None, {"4": 2}, {"4": 3})
    ]
    assert found == [NEWER, NEWER, GENERAL]
    assert notices.fallback_notice([CAREERS], now=NOW) is None
    ended = notice(5, ends_at=NOW)
    assert notices.fallback_notice([NEWER, GENERAL, ended], now=NOW) == GENERAL


def test_a_notice_keeps_its_dates():
    dated = notice(1, ends_at=NOW + timedelta(days=1))
    instants = [NOW - timedelta(seconds=1), NOW, NOW + timedelta(days=1)]
    assert [notices.choose([dated], topics=None, seen=None, now=now) for now in instants] == [
        None,
        dated,
        None,
    ]


def test_browser_counts_are_read_only_as_we_wrote_them():
    raw = browser_counts.encode("seen", {"1": 2})
    assert browser_counts.decode("seen", raw) == {"1": 2}
    assert browser_counts.decode("seen", None) == {}
    assert browser_counts.decode("topics", raw) is None
    assert browser_counts.decode("seen", raw[:-1]) is None
    assert browser_counts.decode("seen", raw.replace("2", "0", 1)) is None


def test_browser_counts_keep_the_latest_and_stay_small():
    counts: dict[str, int] = {}
    for number in range(100):
        counts = browser_counts.incremented(counts, str(number))
    kept = browser_counts.decode("seen", browser_counts.encode("seen", counts))
    assert kept == {str(number): 1 for number in range(100 - browser_counts.MAX_ENTRIES, 100)}


@pytest.fixture
def newer(content) -> None:
    """A general notice with a cap, newer than the one in reserve, and counted like that one."""
    general = Notice.objects.get(title_en=GENERAL_TITLE)
    later = NOW + timedelta(seconds=1)
    general.pk, general.title_en, general.starts_at = None, NEWER_TITLE, later
    general.save()
    notices.invalidate()


@pytest.fixture
def content(db, acting) -> None:
    """The starting content, and a notice for those who read the contact page."""
    apps.get_app_config("consent").load_content(now=NOW)
    Notice.objects.create(
        title_en=CONTACT_TITLE,
        title_fr="Écrivez-nous",
        text_en="a",
        text_fr="b",
        topic="contact",
        starts_at=NOW,
    )
    notices.invalidate()


GENERAL_TITLE, CONTACT_TITLE, NEWER_TITLE = "A policy that keeps itself", "Write to us", "We moved"


def title(visitor: Visitor, address: str = "/") -> str:
    shown = visitor.get(address).content.decode()
    return shown.split('id="notice-title">')[1].split("<")[0] if "notice-title" in shown else ""


@pytest.mark.usefixtures("content")
def test_without_consent_everybody_sees_the_same_and_nothing_is_set_or_counted(visitor: Visitor):
    for _time in range(5):
        visitor.get("/contact/")
        assert title(visitor) == GENERAL_TITLE
    assert not visitor.cookie_names() & TARGETING
    assert CampaignDay.objects.count() == 0


@pytest.mark.usefixtures("content")
def test_with_consent_it_is_chosen_by_what_was_read(visitor: Visitor):
    visitor.submit("/privacy/choices/save/", personal="on")
    assert title(visitor) == GENERAL_TITLE
    visitor.get("/contact/")
    assert title(visitor) == CONTACT_TITLE
    assert visitor.cookie_names() & TARGETING == {"topics"}


@pytest.mark.usefixtures("newer")
def test_with_consent_it_stops_after_its_cap_and_the_general_notice_takes_the_place(visitor: Visitor):
    visitor.submit("/privacy/choices/save/", frequency="on")
    assert [title(visitor) for _time in range(5)] == [NEWER_TITLE] * 3 + [GENERAL_TITLE] * 2
    assert visitor.cookie_names() & TARGETING == {"seen"}


@pytest.mark.usefixtures("newer")
def test_what_takes_the_place_of_a_capped_notice_sets_and_counts_nothing(visitor: Visitor):
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        visitor.submit("/privacy/choices/accept/")
        for _time in range(3):
            assert title(visitor) == NEWER_TITLE
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        page = visitor.get("/")
    assert GENERAL_TITLE in page.content.decode()
    assert "/notices/" not in page.content.decode()
    assert set(page.cookies) == set()
    assert list(CampaignDay.objects.values_list("views", flat=True)) == [1]


@pytest.mark.usefixtures("content")
def test_who_would_see_the_general_notice_anyway_is_counted(visitor: Visitor):
    with time_machine.travel(NOW, tick=False):
        visitor.submit("/privacy/choices/accept/")
        page = visitor.get("/").content.decode()
    assert f'href="/notices/{Notice.objects.get(title_en=GENERAL_TITLE).pk}/"' in page
    assert list(CampaignDay.objects.values_list("views", flat=True)) == [1]


@pytest.mark.usefixtures("newer")
def test_a_changed_count_is_not_believed(visitor: Visitor):
    visitor.submit("/privacy/choices/save/", frequency="on")
    visitor.cookies["seen"] = browser_counts.encode("seen", {"1": 1}).replace("~1", "~0")
    assert [title(visitor) for _time in range(5)] == [GENERAL_TITLE] * 5  # taken for every cap reached


@pytest.mark.usefixtures("content")
def test_with_consent_a_campaign_is_counted_once_a_day_and_each_click(visitor: Visitor):
    with time_machine.travel(NOW, tick=False):
        visitor.submit("/privacy/choices/save/", campaigns="on")
        for _time in range(3):
            title(visitor)
        notice = Notice.objects.get(title_en=GENERAL_TITLE)
        response = visitor.get(f"/fr/notices/{notice.pk}/")
    assert (response.status_code, response.headers["Location"]) == (302, "/fr/privacy/")
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        title(visitor)
    assert list(CampaignDay.objects.order_by("day").values_list("views", "clicks")) == [(1, 1), (1, 0)]


@pytest.mark.usefixtures("content")
def test_a_click_without_consent_leads_there_and_counts_nothing(visitor: Visitor):
    notice = Notice.objects.get(title_en=GENERAL_TITLE)
    assert f'href="/notices/{notice.pk}/"' not in visitor.get("/").content.decode()
    assert visitor.get(f"/notices/{notice.pk}/").headers["Location"] == "/privacy/"
    assert CampaignDay.objects.count() == 0


@pytest.mark.usefixtures("content")
def test_only_a_click_is_a_click_and_only_while_the_notice_runs(visitor: Visitor):
    notice = Notice.objects.get(title_en=GENERAL_TITLE)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        visitor.submit("/privacy/choices/save/", campaigns="on")
        assert visitor.head(f"/notices/{notice.pk}/").status_code == 302
    assert CampaignDay.objects.count() == 0
    Notice.objects.filter(pk=notice.pk).update(ends_at=NOW + timedelta(hours=2))
    notices.invalidate()
    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        assert visitor.get(f"/notices/{notice.pk}/").status_code == 404


@pytest.mark.usefixtures("content")
def test_a_withdrawal_goes_back_to_the_general_notice(visitor: Visitor):
    visitor.submit("/privacy/choices/accept/")
    visitor.get("/contact/")
    assert title(visitor) == CONTACT_TITLE
    visitor.submit("/privacy/choices/refuse/")
    assert title(visitor) == GENERAL_TITLE
    assert not visitor.cookie_names() & TARGETING


@pytest.mark.usefixtures("content")
def test_the_notice_speaks_french(visitor: Visitor):
    assert title(visitor, "/fr/") == "Une politique qui se tient elle-même"


@pytest.mark.usefixtures("content")
def test_the_first_content_is_loaded_once():
    apps.get_app_config("consent").load_content(now=NOW)
    assert (Campaign.objects.count(), Notice.objects.count()) == (1, 3)


@pytest.mark.usefixtures("content")
def test_a_notice_written_at_the_desk_is_on_the_next_page(dpo_client: Client, visitor: Visitor):
    assert title(visitor) == GENERAL_TITLE
    form = {
        "title_en": "Newest",
        "title_fr": "Nouveau",
        "text_en": "a",
        "text_fr": "b",
        "link": "/contact/",
        "cap": 3,
        "days": 30,
        "pages": 1,
    }
    dates = {"starts_at_0": "2026-11-02", "starts_at_1": "10:00"}
    response = dpo_client.post("/admin/consent/notice/add/", form | dates)
    assert response.status_code == 302
    assert title(visitor) == "Newest"


@pytest.mark.usefixtures("content")
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("link", "https://elsewhere.example/", "begins with one slash"),
        ("link", "//elsewhere.example/", "begins with one slash"),
        ("link", "/\\elsewhere.example/", "begins with one slash"),
        ("ends_at_0", "2026-11-01", "ends before it starts"),
        ("cap", "0", "A notice is shown once at least"),
        ("days", "31", "one to thirty days"),
    ],
)
def test_a_notice_that_cannot_be_is_refused_with_the_reason(
    dpo_client: Client, field: str, value: str, said: str
):
    form = {"title_en": "a", "title_fr": "a", "text_en": "a", "text_fr": "b", "link": "/contact/", "cap": 3}
    form |= {"days": 30, "pages": 1}
    dates = {"starts_at_0": "2026-11-02", "starts_at_1": "10:00", "ends_at_1": "10:00"}
    if field != "ends_at_0":
        del dates["ends_at_1"]
    response = dpo_client.post("/admin/consent/notice/add/", form | dates | {field: value})
    assert response.status_code == 200
    assert re.search(said, html.unescape(response.content.decode()))
