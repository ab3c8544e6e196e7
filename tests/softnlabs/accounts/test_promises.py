"""Promises that accounts have a part in. The tests hash passwords quickly, the site does not."""

import pytest
from django.contrib.auth.hashers import make_password
from django.utils.module_loading import import_string

from privacy.promises.checking import Evidence
from softnlabs import settings as of_the_site
from softnlabs.website.accounts.models import User
from tests.evidence import evidence

pytestmark = pytest.mark.django_db
KEPT, BROKEN = Evidence(is_kept=True, figure=0, among=1), Evidence(is_kept=False, figure=1, among=1)


def test_the_first_hasher_of_the_site_is_the_one_that_counts(now):
    hasher = import_string(of_the_site.PASSWORD_HASHERS[0])()
    password = hasher.encode("a long enough phrase", hasher.salt())
    User.objects.create(email="alice@example.org", password=password)
    assert evidence("security.passwords", now) == KEPT


@pytest.mark.parametrize("hasher", ["PBKDF2PasswordHasher", "MD5PasswordHasher"])
def test_any_other_does_not(now, settings, hasher):
    settings.PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{hasher}"]
    User.objects.create_user("alice@example.org", "a long enough phrase")
    assert evidence("security.passwords", now) == BROKEN


def test_a_word_in_clear_does_not(now):
    User.objects.create(email="alice@example.org", password="a long enough phrase")
    assert evidence("security.passwords", now) == BROKEN


def test_an_account_without_password_keeps_none(now):
    User.objects.create_user("alice@example.org")
    User.objects.create(email="bob@example.org", password=make_password(None))
    assert evidence("security.passwords", now) == Evidence(is_kept=True, figure=0, among=0)


def test_the_page_of_an_account_asks_for_a_recent_sign_in_and_its_look_is_on_record(now):
    User.objects.create_user("alice@example.org")
    assert evidence("security.opened", now) == KEPT
