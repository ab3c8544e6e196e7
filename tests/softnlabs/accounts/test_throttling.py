"""Signing in: guessing is hopeless, and a stranger's guesses shut nobody out."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory

from privacy.mail.models import Mail
from softnlabs.website.accounts import throttling
from softnlabs.website.accounts.models import User
from tests.softnlabs.accounts.second_step import SECOND_STEP, with_app

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


SPELLINGS = (
    "controller@example.org",
    "CONTROLLER@Example.org",
    "ｃontroller@example.org",
    "controller+x@example.org",
)


@pytest.fixture
def known(dpo: User, now) -> Iterator[Client]:
    """The controller's own browser, in which she signed in before, at the beginning of an attack on her password."""
    own = Client(REMOTE_ADDR="198.51.100.7")
    with time_machine.travel(now, tick=False):
        own.post("/account/sign-in/", {"username": dpo.email, "password": PHRASE})
        own.post("/account/sign-out/")
        yield own


def attack(own: Client, now: datetime) -> None:
    """Two hundred wrong passwords from 23 networks, one of them her own, under any spelling of the address."""
    for number in range(207):
        address = f"203.0.113.{number % 22}" if number % 23 else own.defaults["REMOTE_ADDR"]
        guess = RequestFactory(REMOTE_ADDR=address).post("/account/sign-in/")
        guess.session = SessionStore()
        throttling.may_try(SPELLINGS[number % 4], guess, now=now)


def test_a_stranger_never_locks_the_controller_out_of_her_own_browser(dpo: User, known: Client, now):
    attack(known, now)
    assert not is_in(attempt("/account/sign-in/", dpo.email, PHRASE, "192.0.2.200")), (
        "the attack is over the limit"
    )
    known.post("/account/sign-in/", {"username": dpo.email, "password": PHRASE})
    assert is_in(known)


def reset(client: Client, dpo: User, password: str) -> None:
    client.post("/account/password/forgotten/", {"email": dpo.email})
    link = re.search(r"http\S+/account/password/link/\S+", Mail.objects.get(message="account_reset").text)
    assert link
    client.get(link[0])
    assert client.post("/account/password/new/", {"password": password}).status_code == 302


def test_a_stranger_never_keeps_the_controller_out_of_a_new_browser(dpo: User, known: Client, now):
    attack(known, now)
    new, stranger = Client(REMOTE_ADDR="192.0.2.200"), Client(REMOTE_ADDR="192.0.2.200")
    reset(new, dpo, PHRASE + " anew")
    for client in (stranger, new):
        client.post("/account/sign-in/", {"username": dpo.email, "password": PHRASE + " anew"})
    assert (is_in(stranger), is_in(new)) == (False, True)


def test_who_reads_the_mailbox_guesses_no_codes_by_it(dpo: User, known: Client, now):
    with_app(dpo)
    new, taken = Client(REMOTE_ADDR="192.0.2.200"), 0
    reset(new, dpo, PHRASE + " anew")
    new.post("/account/sign-in/", {"username": dpo.email, "password": PHRASE + " anew"})
    for _guess in range(12):
        taken += "Too many" not in new.post(SECOND_STEP, {"code": "000000"}).text
    assert taken == 10
    other = Client(REMOTE_ADDR="192.0.2.201")
    other.post("/account/sign-in/", {"username": dpo.email, "password": PHRASE + " anew"})
    assert "Too many" in other.post(SECOND_STEP, {"code": "000000"}).text


def test_the_mailbox_of_another_account_opens_no_way(dpo: User, known: Client, now):
    attack(known, now)
    bob = User.objects.create_user("bob@example.org", PHRASE)
    new = Client(REMOTE_ADDR="192.0.2.200")
    reset(new, bob, PHRASE + " anew")
    new.post("/account/sign-in/", {"username": dpo.email, "password": PHRASE})
    assert not is_in(new)


def test_a_known_browser_does_not_guess_without_end_either(dpo: User, known: Client, now):
    attack(known, now)
    for _guess in range(throttling.TRIES_OF_BROWSER.times):
        known.post("/account/sign-in/", {"username": dpo.email, "password": "a wrong guess"})
    known.post("/account/sign-in/", {"username": dpo.email, "password": PHRASE})
    assert not is_in(known)


def test_the_browser_of_another_account_is_not_known(dpo: User, known: Client, now):
    bob = User.objects.create_user("bob@example.org", PHRASE)
    stranger = Client(REMOTE_ADDR="192.0.2.200")
    stranger.post("/account/sign-in/", {"username": bob.email, "password": PHRASE})
    stranger.post("/account/sign-out/")
    attack(known, now)
    stranger.post("/account/sign-in/", {"username": dpo.email, "password": PHRASE})
    assert not is_in(stranger)


@pytest.mark.parametrize(
    "change", [lambda value: value[:-1], lambda value: value[1:], lambda _value: "x.y.z"]
)
def test_a_forged_mark_is_none(dpo: User, known: Client, change: Callable[[str], str], now):
    attack(known, now)
    known.cookies["device"] = change(known.cookies["device"].value)
    known.post("/account/sign-in/", {"username": dpo.email, "password": PHRASE})
    assert not is_in(known)


def test_the_mark_is_declared_and_out_of_reach_of_scripts(known: Client):
    cookie = known.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert 180 * 86400 < int(cookie["max-age"]) < 185 * 86400
    assert "controller" not in cookie.value


def test_a_household_has_one_address_of_the_new_kind(dpo: User, now):
    with time_machine.travel(now, tick=False):
        for number in range(throttling.TRIES_AT_A_MAILBOX.times):
            attempt("/account/sign-in/", SPELLINGS[number % 4], "a wrong guess", f"2001:db8::{number}")
        assert not is_in(attempt("/account/sign-in/", dpo.email, PHRASE, "2001:db8::ffff"))
        assert is_in(attempt("/account/sign-in/", dpo.email, PHRASE, "2001:db8:0:1::1"))
