"""Sign-ins are written down, each with its outcome, and nothing of what was typed."""

import pytest
from django.contrib.auth import authenticate
from django.test import Client

from privacy.datamap.subjects import Subject, fingerprint
from privacy.security.models import SignIn
from softnlabs.website.accounts.models import User
from tests.conftest import ALICE, BOB

pytestmark = pytest.mark.django_db
PHRASE = "a long enough phrase"


@pytest.fixture
def alice() -> User:
    return User.objects.create_user(ALICE, PHRASE)


@pytest.mark.parametrize("page", ["/account/sign-in/", "/admin/login/"])
def test_who_is_let_in_and_who_is_not_is_written_down(client: Client, dpo: User, page: str) -> None:
    facts = {"username": " Controller@EXAMPLE.org", "password": "wrong"}
    client.post(page, facts, REMOTE_ADDR="192.0.2.7")
    client.post(page, facts | {"password": PHRASE}, REMOTE_ADDR="192.0.2.7")
    let_in, refused = SignIn.objects.all()
    assert (refused.is_accepted, refused.account) == (False, None)
    assert (let_in.is_accepted, let_in.account) == (True, dpo.pk)
    assert {let_in.about, refused.about} == {fingerprint(dpo.email)}
    assert {let_in.address, refused.address} == {"192.0.2.7"}


def test_what_was_typed_is_not_kept(client: Client) -> None:
    for typed in ("my password by mistake", BOB, "\0", "a" * 5000):
        client.post("/account/sign-in/", {"username": typed, "password": "x"})
    kept = set(SignIn.objects.values_list("about", flat=True))
    assert kept == {"", fingerprint(BOB)}


def test_a_program_that_tries_without_a_request_is_written_down_too(alice: User) -> None:
    assert authenticate(username=ALICE, password="wrong") is None
    assert SignIn.objects.get().address is None


def test_a_person_finds_their_attempts_and_nobody_elses(client: Client, alice: User) -> None:
    for typed in (ALICE, BOB):
        client.post("/account/sign-in/", {"username": typed, "password": "wrong"})
    found = SignIn.objects.about(Subject.of_email(ALICE))
    assert found.get().about == fingerprint(ALICE)
