"""What a request leaves for security: which requests do, what stands in it, and that a flood leaves little."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.test import Client, RequestFactory
from django.utils import timezone

from privacy.datamap.subjects import Subject
from privacy.promises import own_pages
from privacy.security import events
from privacy.security.models import SecurityEvent
from privacy.web import signed_links
from privacy.web.rate_limits import RateLimit
from softnlabs.website.accounts.models import User
from tests import actors
from tests.conftest import ALICE, BOB

pytestmark = pytest.mark.django_db
TOKEN = "a-token-that-opens-something"


@pytest.fixture(autouse=True)
def _new_hour() -> None:
    events.intake.begin(None)


def stored() -> list[tuple[str, str, str, int | None]]:
    rows = SecurityEvent.objects.order_by("id")
    return list(rows.values_list("kind", "page", "limit", "status"))


@pytest.mark.parametrize(
    "path", ["/", "/fr/", "/contact/", "/privacy/choices/", "/nowhere/", "/careers/gone/"]
)
def test_an_ordinary_page_leaves_nothing_and_costs_no_query(client: Client, path: str) -> None:
    client.get(path)
    client.head(path)
    client.options(path)
    assert stored() == []


def test_a_form_leaves_its_address_and_none_of_its_content(client: Client) -> None:
    client.post("/contact/", {"surname": "Unmistakable", "email": ALICE}, REMOTE_ADDR="192.0.2.7")
    row = SecurityEvent.objects.get()
    assert (row.kind, row.page, row.address, row.times) == ("FORM", "/contact/", "192.0.2.7", 1)
    assert (row.limit, row.status, row.account) == ("", None, None)
    assert abs(timezone.now() - row.at) < timedelta(minutes=1)


@pytest.mark.parametrize("prefix", ["", "/fr"])
@pytest.mark.parametrize("button", ["accept", "refuse", "save", "interests", "visits/object", "visits/allow"])
def test_an_answer_about_cookies_is_a_form_like_any_other(client: Client, prefix: str, button: str) -> None:
    """Its buttons have addresses of their own, which would tell the answer beside an IP address."""
    for origin in ("same-origin", "cross-site"):
        client.post(f"{prefix}/privacy/choices/{button}/", headers={"Sec-Fetch-Site": origin})
    client.post(f"{prefix}/cookies/decline/", {"all_groups": "on"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert {page for _kind, page, _limit, _status in stored()} == {f"{prefix}/privacy/choices/"}


@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_what_gives_access_stands_under_its_name(client: Client, prefix: str) -> None:
    for path in (f"/privacy/updates/stop/{TOKEN}/", f"/privacy/requests/{uuid4()}/"):
        client.get(prefix + path)
        client.post(prefix + path)
    pages = {page for _kind, page, _limit, _status in stored()}
    assert pages == {f"{prefix}/privacy/updates/stop/<token>/", f"{prefix}/privacy/requests/<pk>/"}


def test_a_bad_link_and_one_that_expired_are_refused(client: Client) -> None:
    old = signed_links.sign("subscription.stop", 1, until=timezone.now() - timedelta(days=1))
    for token in (TOKEN, old):
        assert client.get(f"/privacy/updates/stop/{token}/").status_code == 410
    assert stored() == [("REFUSED", "/privacy/updates/stop/<token>/", "", 410)] * 2


def test_a_host_or_a_method_that_is_none_of_ours_is_refused_without_its_path(client: Client) -> None:
    client.get(f"/privacy/updates/stop/{TOKEN}/", headers={"host": "another.example"})
    client.trace(f"/privacy/updates/stop/{TOKEN}/")
    client.get("/?q=%00")
    assert stored() == [("REFUSED", "", "", 400), ("REFUSED", "", "", 405), ("REFUSED", "", "", 400)]


def test_who_may_not_open_a_page_of_the_desk_is_on_record(client: Client, clerk: User) -> None:
    actors.sign_in(client, clerk)
    client.get("/admin/privacy/auditentry/")
    assert SecurityEvent.objects.get().account == clerk.pk
    assert stored() == [("REFUSED", "/admin/privacy/auditentry/", "", 403)]


def test_a_form_from_another_site_is_refused() -> None:
    Client(enforce_csrf_checks=True).post("/contact/", {"email": ALICE})
    assert stored() == [("REFUSED", "/contact/", "", 403)]


def test_a_page_that_is_reloaded_by_another_method_is_no_refusal(client: Client) -> None:
    assert client.get("/privacy/choices/accept/").status_code == 405
    assert stored() == []


def test_the_limit_that_was_reached_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "privacy.web.rate_limits.FORMS_OF_CLIENT", RateLimit("a.limit", 1, timedelta(hours=1))
    )
    facts = {
        "email": ALICE, "surname": "Martin", "first_name": "Alice", "message": "Hello", "subject": "Hello",
    }  # fmt: skip
    for _attempt in range(2):
        client.post("/contact/", facts)
    assert [(kind, limit) for kind, _page, limit, _status in stored()] == [("FORM", ""), ("LIMIT", "a.limit")]


def test_a_person_finds_what_their_account_sent_and_nobody_elses() -> None:
    people = [User.objects.create_user(email, "a long enough phrase") for email in (ALICE, BOB)]
    for user in people:
        browser = Client()
        actors.sign_in(browser, user)
        browser.post("/contact/", {})
    found = SecurityEvent.objects.about(Subject(accounts=frozenset({people[0].pk})))
    assert found.get().account == people[0].pk
    assert SecurityEvent.objects.count() == 2


def test_the_site_leaves_nothing_by_looking_at_itself(django_assert_num_queries: Any) -> None:
    assert own_pages.get(f"/privacy/updates/stop/{TOKEN}/").status == 410
    assert stored() == []


def test_a_database_that_refuses_fails_no_page(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_args: object, **_facts: object) -> None:
        raise DatabaseError("away, with 192.0.2.7")

    monkeypatch.setattr(SecurityEvent, "save", refuse)
    assert client.post("/contact/", {}, REMOTE_ADDR="192.0.2.7").status_code == 200
    assert "could not be stored" in caplog.text
    assert "192.0.2.7" not in caplog.text


# A flood ------------------------------------------------------------------------------------------------------


def refused(count: int, *, address: str = "192.0.2.7", now: Any = None) -> None:
    for _number in range(count):
        request = RequestFactory(REMOTE_ADDR=address).trace("/")
        request.resolver_match = None
        response = type("Refused", (), {"status_code": 405})()
        events.record(request, response, [], now=now or timezone.now())  # type: ignore[arg-type]


def test_a_flood_of_one_client_is_counted_in_few_rows(now: Any) -> None:
    refused(events.MOST_OF_CLIENT + 1024, now=now)
    single = SecurityEvent.objects.filter(kind="REFUSED")
    counted = SecurityEvent.objects.filter(kind="MORE").order_by("id")
    assert single.count() == events.MOST_OF_CLIENT
    assert [row.times for row in counted] == [1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
    assert sum(row.times for row in counted) == 1024
    assert {row.address for row in counted} == {"192.0.2.7"}
    refused(1, address="192.0.2.8", now=now)
    assert SecurityEvent.objects.filter(kind="REFUSED", address="192.0.2.8").count() == 1


def test_what_is_only_counted_costs_no_query(now: Any, django_assert_num_queries: Any) -> None:
    refused(events.MOST_OF_CLIENT + 1024, now=now)
    with django_assert_num_queries(0):
        refused(1000, now=now)


def test_one_household_counts_as_one_client(now: Any) -> None:
    for number in range(events.MOST_OF_CLIENT + 4):
        refused(1, address=f"2001:db8::{number:x}", now=now)
    assert SecurityEvent.objects.filter(kind="REFUSED").count() == events.MOST_OF_CLIENT


def test_a_flood_of_many_clients_is_counted_together(now: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST", 10)
    for number in range(10 + 64):
        refused(1, address=f"198.51.100.{number}", now=now)
    counted = SecurityEvent.objects.filter(kind="MORE")
    assert SecurityEvent.objects.filter(kind="REFUSED").count() == 10
    assert sum(row.times for row in counted) == 64
    assert {row.address for row in counted} == {None}


def test_the_next_hour_begins_anew(now: Any) -> None:
    refused(events.MOST_OF_CLIENT + 1, now=now)
    refused(1, now=now + timedelta(hours=1))
    assert SecurityEvent.objects.filter(kind="REFUSED").count() == events.MOST_OF_CLIENT + 1
