"""A box ticked in a form has its proof too: for its person, and for nobody who comes to the same browser."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consent.ledger.models import ConsentEvent
from consent.prospecting import prospecting
from softnlabs.website.accounts.models import User
from tests import actors, prospects
from tests.conftest import ALICE, BOB
from tests.recruitment.factories import TYPED, cv_file

pytestmark = pytest.mark.django_db
PROOF, JSON = "/privacy/choices/", "/privacy/choices/proof.json"
PHRASE = "a long enough phrase"
ASKED, WITHDRAWN = "Commercial e-mail: asked to confirm", "Commercial e-mail: withdrawn"
GIVEN = "Commercial e-mail: given"


def tick(browser: Client, email: str = ALICE) -> ConsentEvent:
    facts = {"first_name": "Alice", "surname": "Martin", "email": email, "message": "Hello", "opt_in": "on"}
    assert browser.post("/contact/", facts).status_code == 302
    return ConsentEvent.objects.get(email=email.lower(), act="BOX")


def words(browser: Client, prefix: str = "") -> str:
    return " ".join(browser.get(prefix + PROOF).text.split())


def records(browser: Client) -> list[dict[str, Any]]:
    return browser.get(JSON).json()["records"]


def signed_in(email: str) -> Client:
    browser = Client()
    actors.sign_in(browser, User.objects.create_user(email, PHRASE))
    return browser


@pytest.fixture
def _given(acting: None) -> None:
    """Each agreed elsewhere, a while ago."""
    for email in (ALICE, BOB):
        prospects.confirmed(
            email=email,
            sentence=f"I agree, says {email}.",
            language="en",
            page="/contact/",
            now=timezone.now(),
        )


# In this browser ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prefix", "expected"), [("", ASKED), ("/fr", "Messages commerciaux")], ids=["en", "fr"]
)
def test_a_box_that_was_ticked_here_is_shown_without_the_address(
    client: Client, prefix: str, expected: str
) -> None:
    given = tick(client)
    page = words(client, prefix)
    assert expected in page.replace("\N{NO-BREAK SPACE}", " ")
    assert given.wording_id[:12] in page
    assert ALICE not in page


def test_its_json_names_no_address_nor_what_lets_anybody_try_one(client: Client) -> None:
    given = tick(client)
    (record,) = records(client)
    assert record["record_header"]["record_id"] == str(given.record)
    assert record["event"]["event_state"] == "requested"
    assert record["event"]["event_type"] == "BOX"
    assert (record["record_header"]["pii_principal_id"], record["event"]["entity_id"]) == (None, None)
    assert record["pii_processing"]["withdrawal_method"].endswith("/privacy/requests/new/")
    assert ALICE not in str(record)
    assert "leaf" not in str(record)


def test_what_its_person_does_elsewhere_is_not_told_here(client: Client, acting: None) -> None:
    tick(client)
    prospecting.withdraw(
        email=ALICE,
        act="REQUEST",
        words="Stop",
        language="en",
        page="/",
        now=timezone.now() + timedelta(seconds=1),
    )
    assert WITHDRAWN not in words(client)
    assert len(records(client)) == 1


@pytest.mark.usefixtures("_given")
def test_another_browser_or_an_unticked_box_shows_nothing(client: Client) -> None:
    client.post("/contact/", {"first_name": "A", "surname": "M", "email": ALICE, "message": "Hello"})
    for browser in (client, Client()):
        assert "None to show here" in words(browser)
        assert records(browser) == []


def test_it_is_gone_with_the_session(client: Client) -> None:
    tick(client)
    del client.cookies["session"]
    assert "None to show here" in words(client)


def test_an_application_is_shown_like_a_message(client: Client) -> None:
    client.post("/careers/apply/", TYPED | {"cv": cv_file(), "opt_in": "on"})
    assert ASKED in words(client)


# In one's account ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_given")
def test_an_account_shows_all_of_its_address_and_nobody_elses(acting: None) -> None:
    browser = signed_in(ALICE)
    prospecting.withdraw(
        email=ALICE,
        act="REQUEST",
        words="Stop",
        language="en",
        page="/",
        now=timezone.now() + timedelta(seconds=1),
    )
    page = words(browser)
    assert (GIVEN in page, WITHDRAWN in page) == (True, True)
    found = records(browser)
    assert [record["event"]["event_state"] for record in found] == ["withdrawn", "given", "requested"]
    assert {record["record_header"]["pii_principal_id"] for record in found} == {ALICE}
    assert BOB not in str(found) + page
    assert 'href="/privacy/choices/#proof"' in browser.get("/account/data/").text


@pytest.mark.usefixtures("_given")
def test_a_box_ticked_here_for_another_address_stays_without_it() -> None:
    browser = signed_in(ALICE)
    tick(browser, "carol@example.org")
    found = records(browser)
    assert {record["record_header"]["pii_principal_id"] for record in found} == {ALICE, None}
    assert "carol@example.org" not in str(found) + words(browser)


def test_a_line_is_there_once_where_both_show_it() -> None:
    browser = signed_in(ALICE)
    tick(browser)
    (record,) = records(browser)
    assert record["record_header"]["pii_principal_id"] == ALICE


def test_nothing_stays_for_whoever_comes_after_signing_out() -> None:
    browser = signed_in(ALICE)
    tick(browser)
    browser.post("/account/sign-out/")
    assert "None to show here" in words(browser)
    assert records(browser) == []


def test_a_browser_without_a_session_asks_for_none(client: Client) -> None:
    client.get(PROOF)
    assert "session" not in client.cookies
