"""A mail program that unsubscribes as RFC 8058 says, over HTTP, from a message that it received."""

import http.client
import re
from contextlib import closing
from email import message_from_string
from email.message import Message
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from consent.mail_preferences import links
from consent.prospecting import prospecting
from tests import prospects

ALICE, BOB = "alice@example.org", "bob@example.org"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at"),  # files of pages, which no mail program asks for
]


def one_click(message: Message, server: str) -> int:
    """Section 3.2: the URI from `List-Unsubscribe`, the key and value from `List-Unsubscribe-Post` as its body.

    No cookies, no other context; the redirect that section 3.1 forbids is not followed.
    """
    uris = re.findall(r"<([^>]*)>", message["List-Unsubscribe"])
    (uri,) = [each for each in uris if each.lower().startswith("https:")]
    key, _equals, value = message["List-Unsubscribe-Post"].strip().partition("=")
    assert (key, value) == ("List-Unsubscribe", "One-Click")
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-Proto": "https"}
    with closing(http.client.HTTPConnection(urlsplit(server).netloc)) as connection:  # our proxy ends TLS
        connection.request("POST", urlsplit(uri).path, f"{key}={value}", headers)
        answer = connection.getresponse()
        answer.read()
    assert answer.getheader("Set-Cookie") is None
    return answer.status


def received(email: str) -> Message:
    link = re.sub("^http:", "https:", links.unsubscribe(email, language="fr"))
    return message_from_string(
        f"To: {email}\nList-Unsubscribe: <mailto:stop@example.org>, <{link}>\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n\nHello"
    )


def test_one_post_stops_everything_for_the_recipient_alone(live_server):
    now = timezone.now()
    for email in (ALICE, BOB):
        prospects.confirmed(email=email, now=now)
    assert one_click(received(ALICE), live_server.url) == 200
    assert not prospecting.may_write(ALICE, now=timezone.now())
    assert prospecting.is_suppressed(ALICE)
    assert prospecting.may_write(BOB, now=timezone.now())
    assert one_click(received(ALICE), live_server.url) == 200
