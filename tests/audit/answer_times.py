"""How long answers take for an address that has an account, and for one that has none: nobody may tell them apart.

    python -m tests.audit times

Both are asked in turn by one process, so that a busy machine slows both alike; the ratio of their medians counts.
"""

import sys
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from statistics import median
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consent.mail_preferences import preferences
from consent.prospecting import prospecting
from privacy.web.rate_limits import RateLimit
from softnlabs import settings as of_the_site
from softnlabs.website.accounts import journeys, throttling
from softnlabs.website.accounts.models import User
from tests import actors, prospects
from tests.softnlabs.enquiries.factories import TYPED

EACH, BEFORE = 300, 20
MOST = 1.05
ASKED: dict[str, Callable[[Client, str], Any]] = {
    "sign in": lambda client, email: client.post(
        "/account/sign-in/", {"username": email, "password": "a wrong phrase"}
    ),
    "sign in at the desk": lambda client, email: client.post(
        "/admin/login/", {"username": email, "password": "a wrong phrase"}
    ),
    "forgotten password": lambda client, email: client.post("/account/password/forgotten/", {"email": email}),
    "sign up": lambda client, email: client.post("/account/sign-up/", {"email": email}),
}
networks = (f"198.{18 + number // 65536}.{number // 256 % 256}.{number % 256}" for number in count())


@pytest.fixture
def emails(db, settings, monkeypatch) -> tuple[str, str]:
    """One with an account, and one without. No limit is reached."""
    settings.PASSWORD_HASHERS = of_the_site.PASSWORD_HASHERS
    endless = RateLimit("test.endless", 10**6, timedelta(hours=1))
    for module, name in (
        (throttling, "TRIES_AT_A_MAILBOX"), (throttling, "TRIES_OF_EVERYBODY"), (journeys, "MAILS"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, endless)
    User.objects.create_user("known@example.org", actors.PHRASE)
    return "known@example.org", "other@example.org"


def seconds(ask: Callable[[Client, str], Any], email: str) -> float:
    client = Client(REMOTE_ADDR=next(networks))
    began = time.perf_counter()
    answer = ask(client, email)
    took = time.perf_counter() - began
    assert answer.status_code in {200, 302}
    return took


@pytest.mark.parametrize("page", ASKED)
def test_an_address_with_an_account_is_answered_as_soon_as_one_without(emails, page: str):
    took: dict[str, list[float]] = {email: [] for email in emails}
    for number in range(BEFORE + EACH):
        for email in emails[:: 1 if number % 2 else -1]:
            took[email].append(seconds(ASKED[page], email))
    known, unknown = (median(took[email][BEFORE:]) for email in emails)
    said = f"{page:<20} {known * 1000:7.2f} ms {unknown * 1000:7.2f} ms  ratio {known / unknown:.3f}\n"
    sys.stdout.write(said)
    assert 1 / MOST < known / unknown < MOST


FORMS_WITH_A_BOX: dict[str, Callable[[Client, str], Any]] = {
    "contact, box ticked": lambda client, email: client.post(
        "/contact/", {**TYPED, "email": email, "opt_in": "on"}
    ),
    "link to commercial messages": lambda client, email: client.post(
        "/privacy/mail/", {"email": email}, headers={"sec-fetch-site": "same-origin"}
    ),
}


@pytest.fixture
def mailboxes(emails, monkeypatch) -> tuple[str, str, str]:
    """One that is listed, one that said stop, and one of which nothing is known."""
    endless = RateLimit("test.endless_mailbox", 10**6, timedelta(hours=1))
    monkeypatch.setattr(prospecting, "ASKINGS", endless)
    monkeypatch.setattr(preferences, "LINKS", endless)
    now = timezone.now()
    prospects.confirmed(email="listed@example.org", now=now)
    prospecting.suppress("stopped@example.org", now=now)
    return "listed@example.org", "stopped@example.org", "nobody@example.org"


@pytest.mark.parametrize("page", FORMS_WITH_A_BOX)
def test_prospects_and_who_said_stop_are_answered_as_soon_as_anybody(mailboxes, page: str):
    took: dict[str, list[float]] = {email: [] for email in mailboxes}
    for number in range(BEFORE + EACH):
        for email in mailboxes[:: 1 if number % 2 else -1]:
            took[email].append(seconds(FORMS_WITH_A_BOX[page], email))
    *others, unknown = (median(took[email][BEFORE:]) for email in mailboxes)
    ratios = [each / unknown for each in others]
    sys.stdout.write(f"{page:<30} {unknown * 1000:7.2f} ms  ratios {ratios[0]:.3f} {ratios[1]:.3f}\n")
    assert all(1 / MOST < ratio < MOST for ratio in ratios)
