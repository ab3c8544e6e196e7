"""Too many questions for one mailbox: no screen tells it, nor whether the address is known or stopped."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consent.ledger.models import ConsentEvent
from consent.mail_preferences import links
from consent.prospecting import prospecting
from privacy.datamap import masks
from privacy.mail.models import Mail
from tests import prospects
from tests.recruitment.factories import TYPED as APPLICATION
from tests.recruitment.factories import cv_file
from tests.softnlabs.enquiries.factories import TYPED

pytestmark = pytest.mark.django_db
ASKED_OFTEN, STOPPED, KNOWN, UNKNOWN = (f"{name}@example.org" for name in ("a1", "a2", "a3", "a4"))
EVERYBODY = (ASKED_OFTEN, STOPPED, KNOWN, UNKNOWN)
# Of each page: tokens of forms and of addresses, which differ each time.
CHANGING = re.compile(
    r'(name="(?:shown_at|csrfmiddlewaretoken)" value=")[^"]*|/privacy/mail/[\w-]{20,}/|nonce="[^"]*"'
)
NEW_EACH_TIME = {"X-Request-Id", "Expires"}


def tick(client: Client, email: str) -> Any:
    return client.post("/contact/", {**TYPED, "email": email, "opt_in": "on"})


def apply(client: Client, email: str) -> Any:
    return client.post("/careers/apply/", {**APPLICATION, "cv": cv_file(), "opt_in": "on", "email": email})


def sign_up(client: Client, email: str) -> Any:
    return client.post("/account/sign-up/", {"email": email, "opt_in": "on"})


def ask_link(client: Client, email: str) -> Any:
    return client.post("/privacy/mail/", {"email": email}, headers={"sec-fetch-site": "same-origin"})


def ask_again(client: Client, email: str) -> Any:
    return client.post(f"/privacy/mail/{links.token(email)}/ask/", {"opt_in": "on"})


def whole(client: Client, answer: Any, email: str) -> tuple[object, ...]:
    """The answer and the page it leads to, without what differs between any two."""
    page = client.get(answer.url).text if answer.status_code == 302 else answer.text
    text = CHANGING.sub("", page).replace(email, "").replace(masks.email(email), "")
    headers = {name: "" if name in NEW_EACH_TIME else value for name, value in answer.headers.items()}
    return answer.status_code, tuple(sorted(headers.items())), tuple(sorted(answer.cookies)), text


@pytest.mark.parametrize("send", [tick, apply, sign_up, ask_link, ask_again])
def test_the_screen_is_the_same_for_every_address_however_often_it_was_asked(send: Callable[..., Any], now):
    for _number in range(6):
        send(Client(), ASKED_OFTEN)
    prospecting.suppress(STOPPED, now=now)
    prospects.confirmed(email=KNOWN, now=now)
    screens = set()
    for email in EVERYBODY:
        browser = Client()
        screens.add(whole(browser, send(browser, email), email))
    assert len(screens) == 1
    assert prospecting.is_suppressed(STOPPED)
    assert prospecting.may_write(KNOWN, now=timezone.now())
    assert not prospecting.is_suppressed(UNKNOWN)


def test_over_the_limit_the_page_says_the_same_and_asks_no_more():
    screens = [whole(Client(), ask_again(Client(), UNKNOWN), UNKNOWN) for _number in range(5)]
    assert len(set(screens)) == 1
    assert Mail.objects.filter(to=UNKNOWN).count() == 3
    assert ConsentEvent.objects.filter(email=UNKNOWN).count() == 3
    assert not prospecting.may_write(UNKNOWN, now=timezone.now())
