"""Signing in: guessing is hopeless, and a stranger's guesses shut nobody out."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from softnlabs.website.accounts import throttling
from softnlabs.website.accounts.models import User

pytestmark = pytest.mark.django_db
PHRASE = "a long enough phrase"
SIGN_IN_PAGES = pytest.mark.parametrize("sign_in_page", ["/account/sign-in/", "/admin/login/"])


def attempt(sign_in_page: str, email: str, password: str, address: str = "192.0.2.1") -> Client:
    client = Client(REMOTE_ADDR=address)
    client.post(sign_in_page, {"username": email, "password": password})
    return client


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def _guessed(dpo: User, now, sign_in_page: str):
    with time_machine.travel(now, tick=False) as clock:
        for _number in range(throttling.TRIES_AT_A_MAILBOX.times):
            assert not is_in(attempt(sign_in_page, dpo.email, "a wrong guess"))
        yield clock


@SIGN_IN_PAGES
@pytest.mark.usefixtures("_guessed")
def test_past_the_limit_the_right_password_opens_nothing_either(dpo: User, sign_in_page: str):
    assert not is_in(attempt(sign_in_page, dpo.email, PHRASE))
    assert not is_in(attempt(sign_in_page, dpo.email.upper(), PHRASE))
    page = Client(REMOTE_ADDR="192.0.2.1").post(sign_in_page, {"username": dpo.email, "password": PHRASE})
    assert "Too many attempts" in page.content.decode()
    assert dpo.email in page.content.decode()


@SIGN_IN_PAGES
@pytest.mark.usefixtures("_guessed")
def test_the_owner_elsewhere_comes_in_while_a_stranger_guesses(dpo: User, sign_in_page: str):
    assert is_in(attempt(sign_in_page, dpo.email, PHRASE, address="198.51.100.7"))


@SIGN_IN_PAGES
def test_the_door_opens_again_after_a_while(dpo: User, sign_in_page: str, _guessed):  # noqa: PT019 it is the clock
    _guessed.shift(timedelta(minutes=15))
    assert is_in(attempt(sign_in_page, dpo.email, PHRASE))


@SIGN_IN_PAGES
def test_one_network_cannot_try_address_after_address(dpo: User, sign_in_page: str, now, monkeypatch):
    monkeypatch.setattr(
        throttling, "TRIES_OF_CLIENT", throttling.RateLimit("test.client", 3, timedelta(minutes=15))
    )
    with time_machine.travel(now, tick=False):
        for number in range(3):
            attempt(sign_in_page, f"somebody{number}@example.org", "a wrong guess")
        assert not is_in(attempt(sign_in_page, dpo.email, PHRASE))
