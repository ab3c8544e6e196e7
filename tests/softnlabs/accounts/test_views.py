"""Signing in and out, and choosing a password."""

import re

import pytest
from django.test import Client

from softnlabs.website.accounts.models import User
from softnlabs.website.accounts.second_factor_forms import TRIES_AT_CODES
from tests import actors
from tests.conftest import ALICE, BOB

pytestmark = pytest.mark.django_db
PHRASE = "a long enough phrase"


@pytest.fixture
def alice() -> User:
    return User.objects.create_user(ALICE, PHRASE, first_name="Alice")


def test_a_client_signs_in_under_any_spelling_of_the_address_and_out_again(
    client: Client, alice: User
) -> None:
    response = client.post("/fr/account/sign-in/", {"username": " Alice@EXAMPLE.org ", "password": PHRASE})
    assert response["Location"] == "/fr/account/"
    page = client.get("/fr/account/").text
    assert ALICE in page
    assert "/admin/" not in page
    assert client.get("/account/sign-out/").status_code == 405
    assert client.post("/account/sign-out/")["Location"] == "/"
    assert client.get("/account/")["Location"] == "/account/sign-in/?next=/account/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: Client, alice: User) -> None:
    bodies = []
    for address in (ALICE, BOB):
        response = client.post("/account/sign-in/", {"username": address, "password": "wrong"})
        assert response.status_code == 200
        assert not response.cookies.get("session")
        bodies.append(
            re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.text).replace(address, "it")
        )
    assert bodies[0] == bodies[1]


def test_another_site_is_not_where_one_lands(client: Client, alice: User) -> None:
    facts = {"username": ALICE, "password": PHRASE, "next": "https://evil.example/"}
    assert client.post("/account/sign-in/", facts)["Location"] == "/account/"


def test_another_password_is_chosen(client: Client, alice: User) -> None:
    actors.sign_in(client, alice)
    assert client.get("/.well-known/change-password")["Location"] == "/account/password/"
    typed = {"old_password": PHRASE, "new_password1": "short", "new_password2": "short"}
    assert client.post("/account/password/", typed).status_code == 200
    typed |= {"new_password1": "another long phrase", "new_password2": "another long phrase"}
    assert client.post("/account/password/", typed)["Location"] == "/account/password/done/"
    assert client.get("/account/password/done/").status_code == 200
    alice.refresh_from_db()
    assert alice.check_password("another long phrase")


@pytest.mark.parametrize("path", ["/account/", "/account/password/", "/account/password/done/"])
def test_without_an_account_one_is_asked_to_sign_in(client: Client, path: str) -> None:
    assert client.get(path)["Location"] == f"/account/sign-in/?next={path}"


def test_no_script_and_no_other_site_gets_at_the_cookies_of_a_session(client: Client, alice: User) -> None:
    client.get("/account/sign-in/")
    client.post("/account/sign-in/", {"username": ALICE, "password": PHRASE})
    for name in ("session", "csrf"):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"


def test_the_present_password_cannot_be_guessed_at_a_browser_left_open(client: Client, alice: User) -> None:
    actors.sign_in(client, alice)
    typed = {"new_password1": "another long phrase", "new_password2": "another long phrase"}
    for _number in range(TRIES_AT_CODES.times):
        client.post("/account/password/", {"old_password": "a guess", **typed})
    assert "Too many attempts" in client.post("/account/password/", {"old_password": PHRASE, **typed}).text
    alice.refresh_from_db()
    assert alice.check_password(PHRASE)
