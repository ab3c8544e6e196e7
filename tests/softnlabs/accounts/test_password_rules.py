"""What makes a password too weak, and what does not."""

from dataclasses import asdict

import pytest
import time_machine
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation

from softnlabs.website.accounts import links
from softnlabs.website.accounts.journeys import SignUp
from softnlabs.website.accounts.models import User

ALICE = User(email="alice.martin@example.org", first_name="Alice", surname="Martin")
SIGN_UP = SignUp("carol@example.org", "en", "/", "818 145 302", None)
STAFF = User(email="clerk@example.org", is_staff=True)


@pytest.mark.parametrize(
    ("password", "user"),
    [
        ("Zq7-vBn2!", ALICE),  # nine
        ("Zq7-vBn2!xy", STAFF),  # eleven
        ("password123", ALICE),
        ("qwertyuiop", ALICE),
        ("83920174650", ALICE),
        ("SoftNLabs2026!", ALICE),
        ("softnlabs-gan-1", ALICE),
        ("Privacy-2026", ALICE),
        ("alice.martin-99", ALICE),
        ("MartinAlice1984", ALICE),
        ("example.org-77", ALICE),
    ],
)
def test_a_password_that_is_guessed_early_is_refused(password: str, user: User):
    with pytest.raises(ValidationError):
        validate_password(password, user)


@pytest.mark.parametrize(
    "password",
    [
        "tepid lantern",
        "elegance of ganglia",  # holds the name of the town
        "lowercase only words",
        "  spaces around it  ",
        "été à la montagne",
        "質問一二三四五六七八九十",
        "x7" * 64,
        "my privacy lantern swims",
    ],
)
def test_no_other_password_is_refused(password: str):
    validate_password(password, ALICE)
    validate_password(password, STAFF)


@pytest.mark.django_db
@pytest.mark.parametrize("length", [128, 1000])
def test_a_long_password_is_taken_whole(client: Client, length: int, now):
    with translation.override("en"):
        link, _until = links.make(links.SIGN_UP, asdict(SIGN_UP), now=now)
    session = client.session
    links.keep(session, links.SIGN_UP, link.rstrip("/").rpartition("/")[2], now=now)
    session.save()
    with time_machine.travel(now):
        page = client.get("/account/sign-up/finish/").text
        assert "maxlength" not in page.partition('name="password"')[2].partition(">")[0]
        assert 'autocomplete="new-password"' in page
        phrase = ("long and longer " * 70)[:length]
        client.post("/account/sign-up/finish/", {"surname": "Canary", "password": phrase})
    assert User.objects.get().check_password(phrase)
    assert not User.objects.get().check_password(phrase[:-1])


@pytest.mark.django_db
def test_the_browser_learns_what_each_field_is(client: Client):
    page = client.get("/account/sign-in/").text
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert 'autocomplete="username"' in client.get("/account/sign-up/").text
