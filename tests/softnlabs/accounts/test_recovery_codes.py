"""Recovery codes of before they were hashed: whoever has them on paper signs in by them all the same."""

from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.apps import apps
from django.test import Client

from softnlabs.website.accounts.models import User
from softnlabs.website.accounts.recovery_codes import HashedCodes
from tests.conftest import ALICE
from tests.softnlabs.accounts.second_step import PHRASE, SECOND_STEP, is_in, with_app

pytestmark = pytest.mark.django_db
OfAllauth = HashedCodes.__mro__[1]
migration = import_module("softnlabs.website.migrations.0008_hashed_recovery_codes")


@pytest.fixture
def codes() -> list[str]:
    """Alice's, as django-allauth made and kept them; the first was used."""
    alice = User.objects.create_user(ALICE, PHRASE)
    with_app(alice)
    Authenticator.objects.filter(type="recovery_codes").delete()
    kept = OfAllauth.activate(alice)
    made: list[str] = kept.generate_codes()
    assert kept.validate_code(made[0])
    return made


def opens(code: str) -> bool:
    browser = Client()
    browser.post("/account/sign-in/", {"username": ALICE, "password": PHRASE})
    browser.post(SECOND_STEP, {"code": code})
    return is_in(browser)


def test_each_that_is_left_works_once(codes: list[str]):
    migration.hash_codes(apps, None)
    assert len(Authenticator.objects.get(type="recovery_codes").data["hashes"]) == 9
    assert [opens(codes[place]) for place in (0, 1, 1, 9)] == [False, True, False, True]


def test_the_seed_is_gone(codes: list[str]):
    migration.hash_codes(apps, None)
    assert "seed" not in str(Authenticator.objects.get(type="recovery_codes").data)


def test_those_whose_key_is_lost_are_none_and_stop_nothing(codes: list[str], settings):
    settings.FILE_KEYS = [Fernet.generate_key().decode()]
    migration.hash_codes(apps, None)
    assert Authenticator.objects.get(type="recovery_codes").data["hashes"] == []
