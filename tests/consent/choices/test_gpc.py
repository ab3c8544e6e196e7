"""Global Privacy Control against an earlier yes: it counts from the first page on, and the ledger says so once."""

import html
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from cookie_consent.models import Cookie
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from consent import starting_content
from consent.choices import gpc
from consent.cookies import choices_cookie, registry
from consent.cookies.choices_cookie import Answer
from consent.ledger import ledger
from consent.ledger.models import ConsentEvent, Wording
from consent.wording import wording
from tests.consent.conftest import CONSENT_GROUPS, TARGETING, Visitor, has_banner

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LATER = NOW + timedelta(days=10)
SIGNAL = {"Sec-GPC": "1"}
BEFORE = [(group, "GRANT", "ACCEPT_ALL") for group in sorted(CONSENT_GROUPS)]
NOTED = [(group, "WITHDRAW", "GPC") for group in sorted(CONSENT_GROUPS)]


def lines() -> list[tuple[str, str, str]]:
    return sorted(ConsentEvent.objects.values_list("topic", "kind", "act"), key=lambda line: (line[2], line))


@pytest.fixture
def accepted(visitor: Visitor) -> Visitor:
    """A visitor who accepted everything, ten days before their browser says no."""
    with time_machine.travel(NOW, tick=False):
        visitor.submit("/privacy/choices/accept/")
    return visitor


def arrive(visitor: Visitor, address: str = "/", **headers: str) -> str:
    with time_machine.travel(LATER, tick=False):
        return html.unescape(visitor.get(address, headers=headers).content.decode())


def say(visitor: Visitor, verb: str, **headers: str) -> None:
    key = wording.prompt_for(registry.current()).key
    with time_machine.travel(LATER, tick=False):
        visitor.post(
            f"/privacy/choices/{verb}/", {"wording": key}, headers={"Sec-Fetch-Site": "same-origin"} | headers
        )


def test_the_first_page_writes_it_down_and_no_other_does(accepted: Visitor):
    for name in TARGETING:
        accepted.cookies[name] = "something"
    arrive(accepted, "/careers/", **SIGNAL)
    assert lines() == BEFORE + NOTED
    assert not accepted.cookie_names() & TARGETING
    with CaptureQueriesContext(connection) as queries:
        arrive(accepted, "/careers/", **SIGNAL)
    assert not [query for query in queries.captured_queries if "consent_" in query["sql"]]
    assert lines() == BEFORE + NOTED


def test_the_signal_deletes_cookies_of_another_path_too(accepted: Visitor):
    """The browser does not send them with the page that brings the signal."""
    Cookie.objects.filter(name="seen").update(path="/careers/")
    registry.invalidate()
    del accepted.cookies["seen"]
    with time_machine.travel(LATER, tick=False):
        morsel = accepted.get("/", headers=SIGNAL).cookies["seen"]
    assert (morsel["path"], morsel["max-age"]) == ("/careers/", 0)


def test_they_go_as_well_when_the_signal_comes_with_another_choice(accepted: Visitor):
    Cookie.objects.filter(name="seen").update(path="/careers/")
    registry.invalidate()
    del accepted.cookies["seen"]
    say(accepted, "refuse", **SIGNAL)
    morsel = accepted.cookies["seen"]
    assert (morsel["path"], morsel["max-age"]) == ("/careers/", 0)


def test_its_line_says_which_words_page_and_until_when(accepted: Visitor):
    arrive(accepted, "/fr/careers/", **SIGNAL)
    line = ConsentEvent.objects.filter(act="GPC").first()
    assert line is not None
    assert (line.happened_at, line.page, line.has_gpc) == (LATER, "/fr/careers/", True)
    assert line.valid_until == choices_cookie.VALIDITY.after(LATER) == line.term.ended_at
    assert line.wording == Wording.objects.get()
    assert line.term_id == ConsentEvent.objects.get(topic=line.topic, kind="GRANT").term_id
    records = accepted.get("/privacy/choices/proof.json").json()["records"]
    assert {record["event"]["event_type"] for record in records} == {"ACCEPT_ALL", "GPC"}


def test_its_line_bears_the_version_of_the_policy_in_force_when_it_came(accepted: Visitor, monkeypatch):
    monkeypatch.setattr(ledger.publishing, "version_stamp", lambda: "7")
    arrive(accepted, **SIGNAL)
    assert set(ConsentEvent.objects.filter(act="GPC").values_list("policy_version", flat=True)) == {"7"}
    assert "7" not in ConsentEvent.objects.filter(kind="GRANT").values_list("policy_version", flat=True)


def test_the_yes_does_not_come_back_by_itself_and_nobody_is_asked_again(accepted: Visitor):
    arrive(accepted, **SIGNAL)
    page = arrive(accepted)
    assert not has_banner(page)
    assert "checked" not in arrive(accepted, "/privacy/choices/")
    assert has_banner(accepted.get("/").content.decode()) is False


def test_only_a_later_act_overrides_it(accepted: Visitor):
    arrive(accepted, **SIGNAL)
    say(accepted, "accept", **SIGNAL)
    page = arrive(accepted, "/privacy/choices/", **SIGNAL)
    assert page.count(" checked") == 3
    assert "You accepted on 3 December 2026, while your browser said no" in page
    assert len(lines()) == 9


def test_a_yes_after_the_signal_stopped_is_overridden_by_the_next_signal(accepted: Visitor):
    arrive(accepted, **SIGNAL)
    say(accepted, "accept")
    assert arrive(accepted, "/privacy/choices/").count(" checked") == 3
    arrive(accepted, **SIGNAL)
    assert lines().count(NOTED[0]) == 2


def test_a_no_after_the_signal_is_the_visitors_own(accepted: Visitor):
    arrive(accepted, **SIGNAL)
    say(accepted, "refuse", **SIGNAL)
    assert [line for line in lines() if line[2] == "REFUSE_ALL"] == [
        (group, "REFUSE", "REFUSE_ALL") for group in sorted(CONSENT_GROUPS)
    ]
    assert "You had accepted" not in arrive(accepted, "/privacy/choices/", **SIGNAL)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/privacy/choices/", "You had accepted; on 3 December 2026 your browser said no for every site."),
        ("/fr/privacy/choices/", "Vous aviez accepté\u00a0; le 3 décembre 2026, votre navigateur a dit non"),
    ],
)
def test_the_page_says_which_of_the_two_counts_and_why(accepted: Visitor, address: str, words: str):
    for headers in (SIGNAL, {}):
        assert arrive(accepted, address, **headers).count(words) == 3


def test_a_visitor_who_never_answered_leaves_no_line(visitor: Visitor):
    arrive(visitor, **SIGNAL)
    assert lines() == []
    assert "choices" not in visitor.cookie_names()


@pytest.mark.parametrize(
    ("address", "words", "choices"),
    [
        ("/contact/", "We do as it asks: optional cookies are refused", "/privacy/choices/"),
        (
            "/fr/contact/",
            "Nous en tenons compte\u00a0: les cookies facultatifs sont refusés",
            "/fr/privacy/choices/",
        ),
    ],
)
def test_the_page_says_that_the_signal_counts_and_asks_nothing(
    visitor: Visitor, address: str, words: str, choices: str
):
    page = arrive(visitor, address, **SIGNAL)
    assert not has_banner(page)
    line = signal_line(page)
    assert words in line
    assert f'href="{choices}"' in line
    assert "<button" not in line
    assert page.index("</main>") < page.index('id="signal"') < page.index("<footer")


@pytest.mark.parametrize("verb", ["accept", "visits/allow"])
def test_whoever_said_yes_despite_the_signal_is_not_told_that_all_is_refused(visitor: Visitor, verb: str):
    assert signal_line(arrive(visitor, **SIGNAL))
    say(visitor, verb, **SIGNAL)
    assert not signal_line(arrive(visitor, **SIGNAL))


def test_a_no_of_ones_own_leaves_the_line_true(visitor: Visitor):
    say(visitor, "refuse", **SIGNAL)
    assert signal_line(arrive(visitor, **SIGNAL))


def test_the_line_comes_with_the_signal_alone_and_not_beside_the_choices(visitor: Visitor):
    assert not signal_line(arrive(visitor))
    assert not signal_line(arrive(visitor, "/privacy/choices/", **SIGNAL))


def signal_line(page: str) -> str:
    return page.partition('id="signal"')[2].partition("</aside>")[0]


def test_a_no_and_a_yes_to_older_words_leave_no_line(visitor: Visitor):
    visitor.submit("/privacy/choices/save/", personal="on")
    register = registry.current()
    choices = choices_cookie.decode(visitor.cookies["choices"].value)
    older = choices_cookie.decide(Answer.YES, now=datetime.now(UTC), words="older")
    visitor.cookies["choices"] = choices_cookie.encode(
        choices_cookie.Choices(choices.receipt, {**choices.decisions, "personal": older})
    )
    page = visitor.get("/privacy/choices/", headers=SIGNAL).content.decode()
    assert page.count("off: your browser says no") == 2  # and the recording of visits
    assert ConsentEvent.objects.filter(act="GPC").count() == 0
    assert register is registry.current()


def test_the_page_is_served_while_it_cannot_be_written_down(accepted: Visitor, monkeypatch, caplog):
    def away(*_given: object, **_named: object) -> None:
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(gpc.ledger, "withdraw_by_gpc", away)
        accepted.cookies["topics"] = "something"
        arrive(accepted, "/contact/", **SIGNAL)
        assert "was not recorded" in caplog.text
        assert "topics" not in accepted.cookie_names()
    arrive(accepted, **SIGNAL)
    assert lines() == BEFORE + NOTED


def test_nothing_is_noted_about_a_yes_that_the_ledger_does_not_have(now: datetime):
    holder = ledger.Holder(receipt=choices_cookie.UUID(int=5))
    assert not ledger.withdraw_by_gpc("personal", holder=holder, page="/", now=now, valid_until=now)


@pytest.mark.django_db(transaction=True)
def test_pages_opened_at_once_note_it_once():
    starting_content.declare()
    visitor = Visitor()
    visitor.submit("/privacy/choices/accept/")
    value, gate = visitor.cookies["choices"].value, threading.Barrier(6)

    def open_page() -> None:
        try:
            tab = Visitor()
            tab.cookies["choices"] = value
            gate.wait()
            tab.get("/contact/", headers=SIGNAL)
        finally:
            connection.close()

    threads = [threading.Thread(target=open_page) for _tab in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert lines() == BEFORE + NOTED
