"""What was reported of one message, and how it is read from a mail: a bounce (RFC 3464) or a complaint (RFC 5965)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

from consent.undeliverable.models import MailReturn

Kind = MailReturn.Kind
STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
# Of the permanent codes (RFC 3463) those that speak of the mailbox itself. The others speak of its room (5.2.2), of the
# way there (5.3, 5.4) or of what the other side thinks of us (5.7): they may pass.
OF_THE_MAILBOX = re.compile(r"5\.(1\.\d+|2\.1|0\.0)")
LONGEST_MAIL = 1024 * 1024  # bytes: a report brings the headers back, or the message
MOST_RECIPIENTS = 50


class NoReportError(ValueError):
    """The mail reports nothing of a message that came back."""


@dataclass(frozen=True)
class Report:
    """``message_id`` as the message bore it, ``recipient`` as it was reported: either may be empty or unknown."""

    kind: str
    message_id: str
    recipient: str
    status: str = ""
    mark: str = ""
    """Tells two reports of one kind about one message and recipient apart."""


def kind_of(status: str) -> str:
    """Of a message that was given up with this code."""
    return Kind.PERMANENT if OF_THE_MAILBOX.fullmatch(status) else Kind.TEMPORARY


def status_in(text: str) -> str:
    """The first enhanced code in what a mail server replied; empty without one."""
    found = STATUS.search(text)
    return found[1] if found else ""


def read_mail(content: bytes) -> list[Report]:
    """The reports in a mail as it arrived. Raises `NoReportError`."""
    mail = message_from_bytes(content, policy=policy.compat32)
    parts = {part.get_content_type(): part for part in mail.walk()}
    message_id = _id_of_original(mail)
    if (status := parts.get("message/delivery-status")) is not None:
        found = list(_bounces(status, message_id))
    elif (feedback := parts.get("message/feedback-report")) is not None:
        found = list(_complaints(feedback, message_id))
    else:
        found = []
    if not found:
        raise NoReportError
    return found[:MOST_RECIPIENTS]


def _bounces(part: Message, message_id: str) -> Iterator[Report]:
    """Of each recipient that was given up. One whose message is only late is still being tried."""
    for block in _blocks(part):
        if str(block.get("Action", "")).strip().lower() == "failed":
            status = status_in(str(block.get("Status", "")))
            recipient = _address(block, "Original-Recipient") or _address(block, "Final-Recipient")
            yield Report(kind_of(status), message_id, recipient, status)


def _complaints(part: Message, message_id: str) -> Iterator[Report]:
    for block in _blocks(part):
        kind = str(block.get("Feedback-Type", "")).strip().lower()
        if kind in {"abuse", "fraud"}:
            yield Report(Kind.COMPLAINT, message_id, _address(block, "Original-Rcpt-To"))
        elif kind in {"opt-out", "opt-out-list"}:
            yield Report(Kind.UNSUBSCRIBED, message_id, _address(block, "Original-Rcpt-To"))


def _blocks(part: Message) -> list[Message]:
    """Groups of fields. Python reads them of a bounce; those of a complaint it may leave as text."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return [block for block in payload if isinstance(block, Message)]
    text = part.get_payload(decode=True)
    return [message_from_bytes(text)] if isinstance(text, bytes) else []


def _id_of_original(mail: Message) -> str:
    """Of the message that came back, whole or its headers alone."""
    for part in mail.walk():
        if part is mail:
            continue
        if part.get_content_type() == "text/rfc822-headers":
            text = part.get_payload(decode=True)
            if isinstance(text, bytes):
                return str(message_from_bytes(text).get("Message-ID", "")).strip()
        elif part.get_content_type() == "message/rfc822":
            original = part.get_payload(0)
            if isinstance(original, (Message, EmailMessage)):
                return str(original.get("Message-ID", "")).strip()
    return ""


def _address(block: Message, name: str) -> str:
    """``rfc822; alice@example.org``, or the address alone."""
    return str(block.get(name, "")).rpartition(";")[2].strip().strip("<>")
