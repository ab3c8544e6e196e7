"""The bytes of one e-mail of a campaign: its words come from `composing`, its headers stand here.

Composing is done once for a campaign and language; what is left for each message is cheap. The headers let a mailbox
show a button that stops the e-mails (RFC 2369, RFC 8058), and keep out-of-office replies away (RFC 3834).
"""

import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings

from consent.mailings import composing
from consent.mailings.composing import AddressedMail, ComposedMail
from consent.mailings.models import Delivery, Mailing

BREAK = "\r\n"


@dataclass(frozen=True)
class Message:
    """What leaves for one address: for SMTP as bytes, for the interface of a provider in its parts."""

    to: str
    sender: str
    headers: dict[str, str]
    mail: AddressedMail

    def as_bytes(self) -> bytes:
        """In 7-bit text, so that no relay has to change it behind its signature."""
        boundary = f"part-{self.headers['Message-ID'].strip('<>').partition('@')[0]}"
        lines = {
            "From": self.sender,
            "To": self.to,
            "Subject": _encoded(self.mail.subject),
            **self.headers,
            "MIME-Version": "1.0",
            "Content-Type": f'multipart/alternative; boundary="{boundary}"',
        }
        head = BREAK.join(f"{name}: {value}" for name, value in lines.items())
        parts = (_part("plain", self.mail.text), _part("html", self.mail.html))
        opening = f"{BREAK}--{boundary}{BREAK}".encode()
        body = b"".join(opening + part for part in parts)
        return head.encode() + BREAK.encode() + body + f"{BREAK}--{boundary}--{BREAK}".encode()


class Composer:
    """Makes the messages of campaigns, and keeps what was composed while their texts stay the same."""

    def __init__(self) -> None:
        self._composed: dict[tuple[int, str], ComposedMail] = {}

    def message(self, delivery: Delivery, mailing: Mailing, *, now: datetime) -> Message:
        key = (mailing.pk, delivery.language)
        if key not in self._composed:
            self._composed[key] = composing.compose(mailing, language=delivery.language)
        mail = self._composed[key].address(delivery.email)
        return Message(delivery.email, _sender(), dict(_headers(delivery, mail, now)), mail)


def message_id(delivery: Delivery) -> str:
    """The same at each try."""
    return f"<{delivery.pk}@{_host()}>"


def _headers(delivery: Delivery, mail: AddressedMail, now: datetime) -> Iterator[tuple[str, str]]:
    yield "Date", format_datetime(now)
    yield "Message-ID", message_id(delivery)
    yield "List-Id", f"<mailings.{_host()}>"
    yield "List-Unsubscribe", f"<{mail.unsubscribe}>"
    yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    yield "Auto-Submitted", "auto-generated"


def _host() -> str:
    return str(settings.CONTROLLER["email"]).rpartition("@")[2]


def _sender() -> str:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name, address))


def _encoded(subject: str) -> str:
    return Header(subject, "utf-8" if not subject.isascii() else "us-ascii").encode(linesep=BREAK)


def _part(kind: str, words: str) -> bytes:
    head = (
        f'Content-Type: text/{kind}; charset="utf-8"{BREAK}'
        f"Content-Transfer-Encoding: quoted-printable{BREAK}{BREAK}"
    )
    text = BREAK.join(words.splitlines()) + BREAK
    return head.encode() + binascii.b2a_qp(text.encode(), istext=True)
