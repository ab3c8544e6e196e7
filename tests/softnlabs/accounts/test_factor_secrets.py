"""A new key of the site takes over the secrets of second factors: without it nobody who has one could sign in."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.test import Client

from privacy.checks import check_file_keys
from privacy.files import rewrapping
from softnlabs.website.accounts.models import User
from tests.conftest import ALICE
from tests.softnlabs.accounts.second_step import (
    PHRASE,
    SECOND_STEP,
    code_now,
    is_in,
    recovery_codes,
    with_app,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def new_key(settings) -> str:
    """Alice's app is under the old key; then there is a new one before it."""
    with_app(User.objects.create_user(ALICE, PHRASE))
    settings.FILE_KEYS = [Fernet.generate_key().decode(), *settings.FILE_KEYS]
    return str(settings.FILE_KEYS[0])


def rewrap() -> str:
    said = StringIO()
    call_command("rewrap_file_keys", stdout=said)
    return said.getvalue()


def opens(code: str) -> bool:
    browser = Client()
    browser.post("/account/sign-in/", {"username": ALICE, "password": PHRASE})
    browser.post(SECOND_STEP, {"code": code})
    return is_in(browser)


def test_the_old_key_may_go_once_the_secrets_are_wrapped_anew(new_key, settings):
    codes = recovery_codes(User.objects.get())
    assert opens(codes[0])
    assert rewrapping.count() == rewrapping.Wrapped(newest=0, older=1, lost=0)
    assert "All 1 files and other secrets" in rewrap()
    settings.FILE_KEYS = [new_key]
    assert opens(code_now())
    assert opens(codes[1])
    assert rewrap().startswith("Wrapped with the newest key: 0 ")


def test_a_key_that_went_too_early_is_said(new_key, settings):
    old = settings.FILE_KEYS
    settings.FILE_KEYS = [new_key]
    with pytest.raises(CommandError, match="1 files or other secrets need a key"):
        rewrap()
    (warning,) = check_file_keys(None, databases=["default"])
    assert "1 files or other secrets" in warning.msg
    settings.FILE_KEYS = old
    assert check_file_keys(None, databases=["default"]) == []
    assert "All 1" in rewrap()
