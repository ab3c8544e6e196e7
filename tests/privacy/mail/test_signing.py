"""Signatures, verified by dkimpy over what a real SMTP server was given."""

import base64
import re

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from privacy.checks import check_mail_signature
from privacy.mail import outbox, signing
from privacy.mail.models import Mail
from softnlabs import secrets
from tests.conftest import ALICE
from tests.smtp import Mailboxes, receiving

KEY = secrets.fresh_mail_key()
LIST = {
    "List-Unsubscribe": "<https://privacy.example.org/privacy/mail/token/unsubscribe/>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}


@pytest.fixture
def signed(settings) -> None:
    settings.DKIM_PRIVATE_KEY, settings.DKIM_SELECTOR, settings.DKIM_DOMAIN = KEY, "mail", "softnlabs.com"


@pytest.fixture
def mailboxes(settings):
    settings.EMAIL_BACKEND = "privacy.mail.signing_backend.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    with receiving() as found:
        settings.EMAIL_PORT = found.port
        yield found


def lookup(name: bytes, timeout: int = 5) -> bytes:
    signer = signing.signer()
    assert signer is not None
    assert name == b"mail._domainkey.softnlabs.com."
    return signer.record.encode()


def received(mailboxes: Mailboxes) -> bytes:
    """One message of a campaign, as it arrived."""
    message = EmailMultiAlternatives(
        subject="Été : nos formations",
        body=".\nUne ligne, puis un point.\n\n.\n" + "Mot à mot. " * 200 + "\n \n",
        from_email="Société Générale d’Essais <hello@softnlabs.com>",
        to=["Älice <alice@example.org>"],
        headers=LIST,
    )
    message.attach_alternative("<p>" + "Mot à mot. " * 400 + "</p>", "text/html")
    assert message.send() == 1
    (content,) = mailboxes.messages
    return content


def holds(message: bytes) -> bool:
    (found,) = signing.verify(message, lookup=lookup)
    return found.is_valid


@pytest.mark.usefixtures("signed")
def test_what_arrives_bears_a_signature_that_holds_and_covers_what_one_click_needs(mailboxes):
    message = received(mailboxes)
    (found,) = signing.verify(message, lookup=lookup)
    assert (found.is_valid, found.domain, found.selector) == (True, "softnlabs.com", "mail")
    assert found.uncovered == []
    assert {"from", "to", "subject", "date", "message-id", *signing.ONE_CLICK} <= set(found.covered)
    assert message.isascii()  # nothing for a relay to turn into something else
    assert max(map(len, message.splitlines())) <= 998


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"/token/unsubscribe/>", b"/other/unsubscribe/>"),
        (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Click"),
        (b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click", b""),
        (b"hello@softnlabs.com", b"other@softnlabs.com"),
        (b"Mot", b"Sot"),
    ],
)
def test_whoever_changes_a_header_or_a_word_breaks_it(mailboxes, before, after):
    message = received(mailboxes)
    assert holds(message)
    assert before in message
    assert not holds(message.replace(before, after, 1))


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize(
    "name", ["List-Unsubscribe", "List-Unsubscribe-Post", "From", "To", "Subject", "Cc", "Reply-To"]
)
def test_whoever_adds_a_second_header_of_one_kind_breaks_it(mailboxes, name):
    message = received(mailboxes)
    assert not holds(f"{name}: somebody@example.org\r\n".encode() + message)
    assert holds(b"Received: by mx.example.org\r\n" + message)


@pytest.mark.usefixtures("signed")
def test_refolded_headers_and_trailing_spaces_do_not_break_it(mailboxes):
    message = received(mailboxes)
    assert holds(re.sub(rb"\r\n( h=[^\r]*)\r\n ", rb"\r\n\1\r\n\t   ", message, count=1))
    assert holds(message + b"\r\n\r\n")


@pytest.mark.usefixtures("signed")
@pytest.mark.django_db
def test_the_mail_of_the_outbox_is_signed_too(mailboxes, now):
    Mail.objects.create(
        message="test", to=ALICE, language="fr", subject="Réponse", text="Voilà.", html="<p>Voilà.</p>",
        written_at=now, next_try_at=now,
    )  # fmt: skip
    assert outbox.deliver(now=now) == 1
    assert holds(mailboxes.messages[0])
    assert b"auto-submitted" in mailboxes.messages[0].lower()


def test_without_a_key_mail_leaves_without_a_signature(mailboxes):
    assert signing.verify(received(mailboxes)) == []


@pytest.mark.usefixtures("signed")
def test_a_signature_under_another_key_does_not_hold(mailboxes, settings):
    message = received(mailboxes)
    settings.DKIM_PRIVATE_KEY = secrets.fresh_mail_key()
    assert not holds(message)


def test_no_record_or_no_answer_is_no_proof(mailboxes, signed):
    message = received(mailboxes)
    for record in (b"", b"v=DKIM1; k=rsa; p=", b"nonsense"):
        (found,) = signing.verify(message, lookup=lambda name, timeout=5, record=record: record)
        assert not found.is_valid


def pem(key) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def test_a_key_is_read_as_pem_and_as_one_line():
    key = signing.read_key(KEY)
    assert signing.read_key(pem(key)).private_numbers() == key.private_numbers()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hunter2", "can be read"),
        (base64.b64encode(b"hunter2").decode(), "can be read"),
        ("-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----", "can be read"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "no RSA key"),
        (pem(rsa.generate_private_key(65537, 1024)), "1024 bits of at least 2048"),
    ],
)
def test_a_key_that_cannot_sign_stops_the_start_and_is_not_printed(settings, text, words):
    settings.DKIM_PRIVATE_KEY, settings.DKIM_SELECTOR = text, "mail"
    (found,) = check_mail_signature(None)
    assert found.id == "privacy.E016"
    assert words in found.msg
    assert "hunter2" not in found.msg
    assert words in signing.is_ready() or settings.LOCAL_MODE


def test_a_key_without_a_selector_stops_the_start(settings):
    settings.DKIM_PRIVATE_KEY, settings.DKIM_SELECTOR = KEY, ""
    assert [found.id for found in check_mail_signature(None)] == ["privacy.E016"]


@pytest.mark.parametrize(
    ("facts", "is_ready"),
    [
        ({}, False),
        ({"MAIL_RELAY_SIGNS": True}, True),
        ({"DKIM_PRIVATE_KEY": KEY, "DKIM_SELECTOR": "mail"}, True),
        ({"DKIM_PRIVATE_KEY": KEY, "DKIM_SELECTOR": ""}, False),
        ({"LOCAL_MODE": True}, True),
    ],
)
def test_no_campaign_is_sent_in_production_unless_somebody_signs(settings, facts, is_ready):
    for name, value in {"LOCAL_MODE": False, **facts}.items():
        setattr(settings, name, value)
    assert (signing.is_ready() == "") is is_ready
    assert bool(check_mail_signature(None)) is not is_ready


def test_production_without_a_signature_starts_with_a_warning(settings):
    settings.LOCAL_MODE = False
    assert [found.id for found in check_mail_signature(None)] == ["privacy.W006"]
    assert len(mail.outbox) == 0
