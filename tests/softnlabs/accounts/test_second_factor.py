"""The second step of a sign-in: an app's code, a recovery code."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.core import context
from django.test import Client, RequestFactory
from django.utils import timezone

from privacy.mail.models import Mail
from softnlabs import settings as of_the_site
from softnlabs.website.accounts import second_factor_forms
from softnlabs.website.accounts.models import User
from tests.conftest import ALICE
from tests.softnlabs.accounts.second_step import (
    PHRASE,
    SECOND_STEP,
    SECRET,
    code_now,
    is_in,
    recovery_codes,
    with_app,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    """With an app and recovery codes."""
    made = User.objects.create_user(ALICE, PHRASE, is_staff=True, is_superuser=True)
    with_app(made)
    return made


@pytest.mark.parametrize("page", ["/account/sign-in/", "/admin/login/", "/fr/account/sign-in/"])
def test_a_right_password_alone_opens_nothing(client: Client, alice: User, page: str):
    answer = client.post(page, {"username": ALICE, "password": PHRASE, "next": "/account/password/"})
    prefix = "/fr" if page.startswith("/fr") else ""
    assert answer["Location"] == prefix + SECOND_STEP
    assert not is_in(client)
    assert client.get("/admin/").status_code == client.get("/account/").status_code == 302
    assert client.post(SECOND_STEP, {"code": "000000"}).status_code == 200
    assert not is_in(client)
    assert client.post(SECOND_STEP, {"code": code_now()})["Location"] == "/account/password/"
    assert is_in(client)


def test_a_code_works_once(alice: User):
    code = code_now()
    for is_first in (True, False):
        browser = Client()
        browser.post("/account/sign-in/", {"username": ALICE, "password": PHRASE})
        browser.post(SECOND_STEP, {"code": f" {code[:3]} {code[3:]}"})
        assert is_in(browser) is is_first


@pytest.mark.parametrize(("seconds", "is_taken"), [(0, True), (29, True), (30, False), (-1, False)])
def test_a_code_counts_for_its_own_half_minute(client: Client, alice: User, seconds: int, is_taken: bool):
    began = datetime(2026, 12, 1, 8, 30, 30, tzinfo=UTC)
    with time_machine.travel(began, tick=False) as clock:
        code = code_now()
        clock.shift(seconds)
        client.post("/account/sign-in/", {"username": ALICE, "password": PHRASE})
        client.post(SECOND_STEP, {"code": code})
    assert is_in(client) is is_taken


def test_a_recovery_code_works_once(alice: User):
    codes = recovery_codes(alice)
    for is_first in (True, False):
        browser = Client()
        browser.post("/account/sign-in/", {"username": ALICE, "password": PHRASE})
        browser.post(SECOND_STEP, {"code": codes[3]})
        assert is_in(browser) is is_first


def test_codes_cannot_be_guessed(client: Client, alice: User):
    client.post("/account/sign-in/", {"username": ALICE, "password": PHRASE})
    for _number in range(second_factor_forms.TRIES_AT_CODES.times):
        client.post(SECOND_STEP, {"code": "000000"})
    assert "Too many attempts" in client.post(SECOND_STEP, {"code": code_now()}).text
    assert not is_in(client)


def test_nobody_reaches_the_second_step_without_the_first(client: Client, alice: User):
    assert client.get(SECOND_STEP)["Location"] == "/account/sign-in/"
    assert client.post(SECOND_STEP, {"code": code_now()})["Location"] == "/account/sign-in/"


def test_secrets_are_stored_encrypted(alice: User):
    stored = repr(list(alice.authenticator_set.values_list("data", flat=True)))
    assert SECRET not in stored


def test_recovery_codes_are_kept_as_slow_hashes_that_nobody_can_read(alice: User, settings):
    settings.PASSWORD_HASHERS = of_the_site.PASSWORD_HASHERS
    codes = recovery_codes(alice)
    data = alice.authenticator_set.get(type="recovery_codes").data
    assert (
        [each.partition("$")[0] for each in data.pop("hashes")] == ["scrypt"] * len(codes) == ["scrypt"] * 10
    )
    assert data.keys() == {"viewed_at"}
    assert not recovery_codes(alice)


def test_whoever_stole_the_password_does_not_use_up_the_codes_of_a_known_browser(alice: User):
    known, thief = Client(), Client()
    known.post("/account/sign-in/", {"username": ALICE, "password": PHRASE})
    known.post(SECOND_STEP, {"code": code_now()})
    known.post("/account/sign-out/")
    for browser in (known, thief):
        browser.post("/account/sign-in/", {"username": ALICE, "password": PHRASE})
    for _number in range(second_factor_forms.TRIES_AT_CODES.times + 1):
        thief.post(SECOND_STEP, {"code": "000000"})
    recovery = recovery_codes(alice)
    thief.post(SECOND_STEP, {"code": recovery[0]})
    assert not is_in(thief)
    known.post(SECOND_STEP, {"code": recovery[0]})
    assert is_in(known)


def test_codes_are_not_guessed_day_after_day(alice: User, now):
    took = 0
    request = RequestFactory().get("/")
    with time_machine.travel(now, tick=False) as clock, context.request_context(request):
        for _quarter in range(4 * 24 * 7):
            took += sum(second_factor_forms.may_try_code(alice, now=timezone.now()) for _try in range(3))
            clock.shift(timedelta(minutes=15))
    assert 200 < took < 250


def test_a_recovery_code_that_shows_again_who_it_is_is_told_of(client: Client, alice: User):
    client.post("/account/sign-in/", {"username": ALICE, "password": PHRASE})
    client.post(SECOND_STEP, {"code": code_now()})
    codes = recovery_codes(alice)
    answer = client.post("/account/sign-in-again/", {"again-answered": "1", "again-code": codes[0]})
    assert answer["Location"] == "/account/"
    assert "One of your recovery codes was used" in Mail.objects.get().text
