"""What was written for django-cookie-consent is right on this site: it answers from our choices, and fails closed."""

import json
from typing import Any

import pytest
from cookie_consent import middleware, processor, util
from cookie_consent.cache import all_cookie_groups
from cookie_consent.models import Cookie, CookieGroup
from django.http import HttpResponse
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone

from consent.choices import guard
from consent.cookies import registry
from consent.cookies.models import CookieDeclaration
from consent.ledger.models import ConsentEvent
from tests.consent.compatibility import another_app
from tests.consent.conftest import CONSENT_GROUPS, Visitor

pytestmark = pytest.mark.urls("tests.consent.compatibility.another_app")
SAME = {"Sec-Fetch-Site": "same-origin"}
STATUS = "/cookies/status/"


def state(visitor: Visitor, **headers: str) -> dict[str, Any]:
    return visitor.get("/theirs/state/", headers=headers or None).json()


def status(visitor: Visitor, **headers: str) -> dict[str, Any]:
    return visitor.get(STATUS, headers=headers or None).json()


def words(visitor: Visitor, address: str = "/theirs/filters/") -> str:
    return " ".join(visitor.get(address).text.split())


# Before, after a yes, after a no ------------------------------------------------------------------------------


def test_nothing_is_accepted_before_an_answer(visitor: Visitor) -> None:
    found = words(visitor)
    assert "personal not accepted or declined" in found
    assert "accepted" not in found.replace("personal not accepted or declined", "")
    assert [f"<li>{key}: " in found for key in sorted(CONSENT_GROUPS)] == [True] * 3
    assert state(visitor) == {
        "get_accepted_cookie_groups": ["visits"],
        "get_declined_cookie_groups": [],
        "get_not_accepted_or_declined_cookie_groups": ["personal", "frequency", "campaigns"],
        "personal": None, "topics": None, "made up": None, "all": False,
    }  # fmt: skip


def test_a_yes_on_our_pages_is_a_yes_to_it(visitor: Visitor) -> None:
    visitor.submit("/privacy/choices/accept/")
    found = words(visitor)
    assert [word in found for word in ("personal accepted", "topics accepted", "all accepted")] == [True] * 3
    assert [word in found for word in ("a stranger accepted", "an unknown group", "<li>")] == [False] * 3
    found = state(visitor)
    assert (found["personal"], found["topics"], found["all"]) == (True, True, True)
    assert found["made up"] is None


def test_a_no_and_a_mixed_answer(visitor: Visitor) -> None:
    visitor.submit("/privacy/choices/save/", personal="on")
    found = state(visitor)
    assert found["get_accepted_cookie_groups"] == ["visits", "personal"]
    assert found["get_declined_cookie_groups"] == ["frequency", "campaigns"]
    assert found["get_not_accepted_or_declined_cookie_groups"] == []
    visitor.submit("/privacy/choices/refuse/")
    assert "personal declined" in words(visitor)
    assert state(visitor)["personal"] is False


def test_the_signal_of_the_browser_and_an_objection_are_a_no(visitor: Visitor) -> None:
    declined = ["visits", "personal", "frequency", "campaigns"]
    assert state(visitor, **{"Sec-GPC": "1"})["get_declined_cookie_groups"] == declined
    visitor.submit("/privacy/choices/visits/object/")
    assert state(visitor)["get_declined_cookie_groups"] == ["visits"]


def test_a_new_text_makes_a_yes_void_here_too(visitor: Visitor) -> None:
    visitor.submit("/privacy/choices/accept/")
    CookieGroup.objects.get(varname="personal").save()
    CookieGroup.objects.filter(varname="personal").update(description="Something else altogether.")
    registry.invalidate()
    assert state(visitor)["personal"] is None
    assert state(visitor)["get_accepted_cookie_groups"] == ["visits", "frequency", "campaigns"]


def test_a_cookie_that_a_browser_made_up_is_not_believed(visitor: Visitor) -> None:
    visitor.cookies["cookie_consent"] = "personal=9999|frequency=9999|campaigns=9999"
    assert state(visitor)["personal"] is None
    assert "personal not accepted" in words(visitor)


def test_without_the_guard_or_without_a_request_nothing_is_accepted(db: None) -> None:
    request = RequestFactory().get("/", headers={"cookie": "cookie_consent=personal=9999"})
    assert util.get_cookie_value_from_request(request, "visits") is None
    assert util.get_cookie_dict_from_request(request) == {}
    page = engines["django"].from_string(another_app.FILTERS).render({})
    assert "personal not accepted or declined" in " ".join(page.split())


# Groups -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prefix", "name"), [("", "Information chosen for you"), ("/fr", "Informations choisies")]
)
def test_groups_are_those_of_our_register_in_the_language_of_the_page(
    visitor: Visitor, prefix: str, name: str
) -> None:
    CookieGroup.objects.create(varname="undeclared", name="Nobody declared it")
    page = visitor.get(f"{prefix}/theirs/bar/").text
    found = json.loads(page.partition('type="application/json">')[2].partition("</script>")[0])
    assert [group["varname"] for group in found] == ["visits", "personal", "frequency", "campaigns"]
    assert found[1]["name"].startswith(name)
    assert f"'{prefix}/cookies/status/'".replace("/", "/") in page.replace("\\u002D", "-")


@pytest.mark.parametrize(
    "path", ["/theirs/filters/", "/theirs/bar/", "/theirs/group/", "/theirs/state/", STATUS]
)
def test_a_warm_page_asks_no_database(visitor: Visitor, path: str, django_assert_num_queries: Any) -> None:
    visitor.submit("/privacy/choices/save/", personal="on")
    visitor.get(path)
    with django_assert_num_queries(0):
        visitor.get(path)


def test_a_cookie_that_is_declared_later_is_known(visitor: Visitor) -> None:
    visitor.submit("/privacy/choices/accept/")
    assert "made_up" not in {cookie.name for cookie in all_cookie_groups()["personal"].cookie_set.all()}
    group = CookieGroup.objects.get(varname="personal")
    cookie = Cookie.objects.create(cookiegroup=group, name="made_up", description="New", path="/")
    CookieDeclaration.objects.create(cookie=cookie, description_fr="Nouveau", months=1)
    registry.invalidate()
    assert "made_up" in {cookie.name for cookie in all_cookie_groups()["personal"].cookie_set.all()}


# Its addresses ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_status_says_what_its_script_reads_and_sets_no_cookie(visitor: Visitor, prefix: str) -> None:
    found = visitor.get(f"{prefix}{STATUS}")
    assert found.json() == {
        "csrftoken": "",
        "acceptUrl": f"{prefix}/cookies/accept/",
        "declineUrl": f"{prefix}/cookies/decline/",
        "acceptedCookieGroups": ["visits"],
        "declinedCookieGroups": [],
        "notAcceptedOrDeclinedCookieGroups": ["personal", "frequency", "campaigns"],
    }
    assert not found.cookies
    assert "no-store" in found.headers["Cache-Control"]


def test_status_follows_our_choices(visitor: Visitor) -> None:
    visitor.submit("/privacy/choices/save/", personal="on")
    found = status(visitor)
    assert found["acceptedCookieGroups"] == ["visits", "personal"]
    assert found["declinedCookieGroups"] == ["frequency", "campaigns"]
    assert found["notAcceptedOrDeclinedCookieGroups"] == []


def test_a_decline_by_its_script_counts_and_is_proved(visitor: Visitor) -> None:
    headers = {**SAME, "X-Cookie-Consent-Fetch": "1", "X-CSRFToken": ""}
    answer = visitor.post(
        "/cookies/decline/", {"cookie_groups": ["personal", "campaigns", "x"]}, headers=headers
    )
    assert answer.status_code == 302
    assert status(visitor)["declinedCookieGroups"] == ["personal", "campaigns"]
    assert status(visitor)["notAcceptedOrDeclinedCookieGroups"] == ["frequency"]
    assert set(ConsentEvent.objects.values_list("topic", "kind")) == {
        ("personal", "REFUSE"), ("campaigns", "REFUSE"),
    }  # fmt: skip


def test_a_decline_of_all_objects_to_visits_too(visitor: Visitor) -> None:
    visitor.post("/cookies/decline/", {"all_groups": "on", "next": "/contact/"}, headers=SAME)
    assert status(visitor)["declinedCookieGroups"] == ["visits", "personal", "frequency", "campaigns"]


def test_a_decline_takes_back_a_yes(visitor: Visitor) -> None:
    visitor.submit("/privacy/choices/accept/")
    visitor.post("/cookies/decline/", {"cookie_groups": "personal"}, headers=SAME)
    assert state(visitor)["personal"] is False
    assert ConsentEvent.objects.filter(topic="personal", kind="WITHDRAW").exists()


@pytest.mark.parametrize("data", [{"all_groups": "on"}, {"cookie_groups": "personal"}, {}])
def test_a_yes_to_words_that_we_cannot_prove_leads_to_our_question(
    visitor: Visitor, data: dict[str, str]
) -> None:
    answer = visitor.post("/cookies/accept/", data, headers=SAME)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/privacy/choices/")
    assert not ConsentEvent.objects.exists()
    assert status(visitor)["acceptedCookieGroups"] == ["visits"]


@pytest.mark.parametrize("verb", ["accept", "decline"])
def test_nobody_else_answers_for_a_visitor(visitor: Visitor, verb: str) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {}):
        answer = visitor.post(f"/cookies/{verb}/", {"all_groups": "on"}, headers=headers)
        assert answer.status_code == 403
    assert visitor.get(f"/cookies/{verb}/").status_code == 405
    assert not ConsentEvent.objects.exists()


def test_its_list_of_groups_is_our_page_of_choices(visitor: Visitor) -> None:
    assert visitor.get("/cookies/").headers["Location"] == "/privacy/choices/"
    assert visitor.get("/fr/cookies/").headers["Location"] == "/fr/privacy/choices/"


# Its middleware and its processor -----------------------------------------------------------------------------


def test_its_middleware_deletes_what_was_not_accepted_and_nothing_else(visitor: Visitor) -> None:
    visitor.submit("/privacy/choices/save/", personal="on")
    request = RequestFactory().get("/")
    request.COOKIES = {name: morsel.value for name, morsel in visitor.cookies.items()}
    guard.read_choices(request, registry.current(), moment=1)
    request.COOKIES |= {"topics": "1", "seen": "1", "counted": "1", "visitor": "1", "theirs": "1"}
    answer = middleware.CleanCookiesMiddleware(lambda _request: HttpResponse())(request)
    assert set(answer.cookies) == {"seen", "counted"}


def test_what_its_processor_would_set_does_not_leave_the_site(visitor: Visitor) -> None:
    request, answer = RequestFactory().get("/"), HttpResponse()
    guard.read_choices(request, registry.current(), moment=1)
    processor.CookiesProcessor(request, answer).process(all_cookie_groups().values(), action="accept")
    guard.process_response(request, answer, (), now=timezone.now())
    assert "cookie_consent" not in answer.cookies
    assert util.get_cookie_value_from_request(request, "personal") is None
