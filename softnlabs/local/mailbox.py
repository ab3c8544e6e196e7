"""Local mode's mailbox: reads what Django's file backend wrote to `EMAIL_FILE_PATH`.

Its pages exist in local mode only; in production mail is sent by SMTP and not kept.
"""

import email
import email.policy
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

SEPARATOR = b"\n" + b"-" * 79 + b"\n"
WORTH_SHOWING = ("Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted")
KEY = re.compile(r"(?P<file>[0-9]+-[0-9]+-[0-9]+)\.(?P<number>[0-9]{1,6})")


@dataclass(frozen=True)
class StoredMessage:
    key: str
    subject: str
    sender: str
    to: str
    sent_at: datetime
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    attachments: tuple[str, ...]


def stored_messages(folder: Path) -> list[StoredMessage]:
    """Newest first."""
    if not folder.is_dir():
        return []
    found = [message for file in folder.glob("*.log") for message in _in_file(file)]
    return sorted(found, key=lambda message: (message.sent_at, message.key), reverse=True)


def stored_message(folder: Path, key: str) -> StoredMessage | None:
    match = KEY.fullmatch(key)
    file = folder / f"{match['file']}.log" if match else None
    if file is None or not file.is_file():
        return None
    return next((found for found in _in_file(file) if found.key == key), None)


def is_to(file: Path, emails: Collection[str]) -> bool:
    """Whether one of the messages in ``file`` is to one of these addresses."""
    return any(address in emails for message in _in_file(file) for address in message.to.lower().split(", "))


def _in_file(file: Path) -> Iterator[StoredMessage]:
    for number, raw in enumerate(file.read_bytes().split(SEPARATOR)):
        if raw.strip():
            message = email.message_from_bytes(raw, policy=email.policy.default)
            yield _as_stored_message(message, key=f"{file.stem}.{number}")


def _as_stored_message(message: EmailMessage, *, key: str) -> StoredMessage:
    return StoredMessage(
        key=key,
        subject=str(message["Subject"] or "–"),
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        sent_at=_sent_at(message),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        headers=tuple((name, str(message[name])) for name in WORTH_SHOWING if name in message),
        attachments=tuple(part.get_filename() or "–" for part in message.iter_attachments()),
    )


def _sent_at(message: EmailMessage) -> datetime:
    try:
        sent_at = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC)


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body is not None else ""
