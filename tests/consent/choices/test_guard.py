"""Enforcement both ways: what was not accepted is not read, and does not leave."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cookie_consent.models import Cookie
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from consent import starting_content
from consent.choices import enforcement, guard
from consent.cookies import choices_cookie, observations, registry
from consent.cookies.observation_models import CookieObservation
from consent.middleware import cookie_guard_middleware as middleware
from consent.wording import wording
from privacy.audit import admin_reports as desk_page
from privacy.web.request_facts import Browser
from tests.consent.conftest import CONSENT_GROUPS, TARGETING, Visitor

pytestmark = pytest.mark.django_db
RECEIPT = UUID(int=9)


def carried(*accepted: str) -> str:
    """The value of `choices` with these groups accepted and the other asked ones refused."""
    register = registry.current()
    choices = choices_cookie.revise(
        choices_cookie.NOT_EVALUATED,
        {group: group in accepted for group in CONSENT_GROUPS},
        receipt=RECEIPT,
        words=wording.prompt_for(register).keys,
        now=datetime.now(UTC),
    )
    return choices_cookie.encode(choices)


def pass_through(view, **given: str) -> tuple[HttpRequest, HttpResponse]:
    """One request with these cookies through the guard; `view` makes the response."""
    request = RequestFactory().get("/")
    request.META["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name, value in given.items())
    seen: dict[str, object] = {}

    def handler(inner: HttpRequest) -> HttpResponse:
        seen.update(names=set(inner.COOKIES), header=inner.META["HTTP_COOKIE"])
        return view(inner)

    response = middleware(handler)(request)
    request.seen = seen  # type: ignore[attr-defined]
    return request, response


def setting(**morsels):
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse()
        for name, arguments in morsels.items():
            response.set_cookie(name, "value", **arguments)
        return response

    return view


EVERYTHING = {name: {} for name in ("session", "csrf", "topics", "seen", "counted", "spy", "choices")}


@pytest.mark.parametrize(
    ("state", "left"),
    [
        ("none", set()),
        ("refused", set()),
        ("personal", {"topics"}),
        ("all", TARGETING),
        ("forged", set()),
    ],
)
def test_what_was_not_accepted_neither_enters_nor_leaves(state: str, left: set[str]):
    value = {
        "none": "",
        "refused": carried(),
        "personal": carried("personal"),
        "all": carried(*CONSENT_GROUPS),
        "forged": carried(*CONSENT_GROUPS)[:-1],
    }[state]
    given = {"choices": value, "topics": "a", "seen": "b", "counted": "c", "session": "d"}
    request, response = pass_through(setting(**EVERYTHING), **given)
    assert request.seen["names"] == {"choices", "session"} | left
    assert all((f"{name}=" in request.seen["header"]) is (name in left) for name in TARGETING)
    kept = {name for name, morsel in response.cookies.items() if morsel.value}
    assert kept == {"session", "csrf", "choices"} | left
    assert {name for name in TARGETING if response.cookies[name]["max-age"] == 0} == TARGETING - left


def test_each_fault_is_counted_under_its_name_and_reported_without_a_value(caplog, now):
    observations.reset()
    pass_through(setting(spy={}, seen={}))
    observations.drain(now=now)
    assert set(CookieObservation.objects.values_list("name", "kind", "times")) == {
        ("spy", "UNDECLARED", 1),
        ("seen", "NOT_ACCEPTED", 1),
    }
    assert "spy" in caplog.text
    assert "value" not in caplog.text


def test_a_cookie_may_be_deleted_by_anybody():
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse()
        response.delete_cookie("spy")
        return response

    _request, response = pass_through(view)
    assert response.cookies["spy"]["max-age"] == 0


@pytest.mark.parametrize(
    ("name", "arguments", "longest"),
    [
        ("csrf", {"max_age": 60}, None),
        ("session", {"max_age": timedelta(days=2)}, 24 * 3600),
        ("session", {"max_age": timedelta(hours=12)}, 12 * 3600),
        ("session", {"expires": datetime(2036, 1, 1, tzinfo=UTC)}, 24 * 3600),
        ("session", {"expires": "who knows"}, 24 * 3600),
        ("session", {"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ("session", {}, None),
    ],
)
def test_no_cookie_lives_longer_than_declared(name: str, arguments: dict[str, object], longest: int | None):
    _request, response = pass_through(setting(**{name: arguments}))
    age = response.cookies[name]["max-age"]
    assert (age or None) == pytest.approx(longest, abs=enforcement.TOLERANCE) if longest else not age


@pytest.mark.parametrize("name", ["csrf", "session"])
def test_no_date_lets_a_cookie_live_on(name: str):
    _request, response = pass_through(setting(**{name: {"expires": datetime(2036, 1, 1, tzinfo=UTC)}}))
    assert not response.cookies[name]["expires"]


def test_a_cookie_leaves_with_the_path_and_domain_that_it_is_deleted_with():
    Cookie.objects.filter(name="seen").update(path="/careers/", domain="example.org")
    registry.invalidate()
    _request, response = pass_through(
        setting(seen={"path": "/privacy/", "domain": "www.example.org"}), choices=carried(*CONSENT_GROUPS)
    )
    assert (response.cookies["seen"]["path"], response.cookies["seen"]["domain"]) == (
        "/careers/",
        "example.org",
    )


def test_a_withdrawal_deletes_cookies_that_did_not_come_with_it(visitor: Visitor):
    """The browser sends a cookie of another path only there; it is deleted there all the same."""
    Cookie.objects.filter(name="seen").update(path="/careers/")
    registry.invalidate()
    visitor.submit("/privacy/choices/accept/")
    response = visitor.submit("/privacy/choices/save/", personal="on", campaigns="on")
    assert (response.cookies["seen"]["path"], response.cookies["seen"]["max-age"]) == ("/careers/", 0)
    assert {"topics", "counted"}.isdisjoint(response.cookies)


def test_a_header_written_by_hand_does_not_leave(now):
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Set-Cookie": "spy=1; Path=/"})

    observations.reset()
    _request, response = pass_through(view)
    assert "Set-Cookie" not in response.headers
    observations.drain(now=now)
    assert set(CookieObservation.objects.values_list("name", "kind")) == {("spy", "UNDECLARED")}


def test_what_a_page_of_the_desk_sets_undeclared_does_not_leave(dpo_client, monkeypatch):
    class Spying(TemplateResponse):
        def __init__(self, *given: object, **named: object) -> None:
            super().__init__(*given, **named)
            self.set_cookie("spy", "1")

    monkeypatch.setattr(desk_page, "TemplateResponse", Spying)
    response = dpo_client.get("/admin/consent/campaignday/")
    assert response.status_code == 200
    assert "spy" not in response.cookies


def test_the_signed_in_admin_is_no_exception(dpo_client):
    response = dpo_client.get(
        "/admin/", headers={"Cookie": f"session={dpo_client.cookies['session'].value}; topics=a"}
    )
    assert response.status_code == 200
    assert response.cookies["topics"]["max-age"] == 0


def test_an_objection_is_said_to_the_floor_below():
    visitor = Visitor()
    assert Browser.of(visitor.get("/").wsgi_request).records_visits
    visitor.submit("/privacy/choices/visits/object/")
    assert Browser.of(visitor.get("/").wsgi_request).records_visits is False


def test_a_warm_page_asks_the_database_nothing(visitor: Visitor, django_assert_num_queries):
    visitor.submit("/privacy/choices/refuse/")
    pass_through(setting(), choices=carried(*CONSENT_GROUPS))
    with django_assert_num_queries(0):
        pass_through(setting(**EVERYTHING), choices=carried(*CONSENT_GROUPS), topics="a", seen="b")


def test_a_request_that_met_no_guard_has_accepted_nothing():
    assert guard.evaluated(HttpRequest()).accepted == frozenset()


def test_without_the_guard_no_choice_is_read_and_no_cookie_set(settings):
    guarded, unguarded = Client(), Client()
    guarded.cookies["choices"] = unguarded.cookies["choices"] = carried(*CONSENT_GROUPS)
    starting_content.load(now=timezone.now())
    assert {"topics", "visitor"} <= guarded.get("/careers/").cookies.keys()
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "guard" not in name]
    response = unguarded.get("/careers/")
    assert guard.evaluated(response.wsgi_request) == choices_cookie.NOT_EVALUATED
    assert Browser.of(response.wsgi_request).records_visits is None
    assert not response.cookies
