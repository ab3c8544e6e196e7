"""What nobody can do to the choices of a visitor: other sites, forged values, floods."""

from datetime import timedelta

import pytest
import time_machine

from tests.consent.conftest import TARGETING, Visitor, has_banner
from tests.consent.preferences.pages import NOW, lines, page


def test_a_flood_of_answers_is_stopped_kindly_and_changes_nothing(visitor: Visitor):
    with time_machine.travel(NOW - timedelta(hours=1), tick=False):
        visitor.submit("/privacy/choices/accept/")
    flood = Visitor()
    with time_machine.travel(NOW, tick=False):
        answers = [flood.submit("/privacy/choices/visits/object/").status_code for _time in range(121)]
        assert answers == [302] * 120 + [429]
        response = visitor.submit("/privacy/choices/refuse/")
        assert response.status_code == 429
        assert b"wait a minute" in response.content
    with time_machine.travel(NOW + timedelta(seconds=10), tick=False):
        assert visitor.submit("/privacy/choices/refuse/").status_code == 302


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.example"},
    ],
)
@pytest.mark.parametrize("verb", ["accept", "refuse", "save", "visits/object", "visits/allow"])
def test_another_site_cannot_answer_for_the_visitor(visitor: Visitor, verb: str, headers: dict[str, str]):
    assert visitor.post(f"/privacy/choices/{verb}/", headers=headers).status_code == 403
    assert lines() == []


def test_an_older_browser_is_known_by_its_origin(visitor: Visitor):
    assert (
        visitor.post("/privacy/choices/refuse/", headers={"Origin": "http://testserver"}).status_code == 302
    )


@pytest.mark.parametrize("verb", ["accept", "refuse", "save", "visits/object", "visits/allow"])
def test_nothing_happens_by_following_a_link(visitor: Visitor, verb: str):
    assert visitor.get(f"/privacy/choices/{verb}/").status_code == 405
    assert lines() == []


@pytest.mark.parametrize(
    "target",
    ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "/\\elsewhere.example", ""],
)
def test_one_is_never_sent_elsewhere(visitor: Visitor, target: str):
    assert (
        visitor.submit("/privacy/choices/refuse/", next=target).headers["Location"]
        == "/privacy/choices/?kept"
    )


@pytest.mark.parametrize(
    "value", ["x", "x" * 8192, "personal=zzzz", "1.2.3.personal~y~1~9999999999.abc", '"', "é"]
)
def test_a_forged_value_is_no_choice(visitor: Visitor, value: str):
    assert has_banner(page(visitor, "/", Cookie=f"choices={value}; topics=a"))
    assert not visitor.cookie_names() & TARGETING


def test_a_doubled_value_is_no_choice(visitor: Visitor):
    visitor.submit("/privacy/choices/accept/")
    value = visitor.cookies["choices"].value
    assert not has_banner(page(Visitor(), "/", Cookie=f"choices={value}"))
    assert has_banner(page(Visitor(), "/", Cookie=f"choices={value}; choices={value}"))
