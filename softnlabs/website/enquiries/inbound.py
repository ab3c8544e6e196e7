"""E-mails that came to the company's mailbox, entered at the desk as files (.eml): read with what Python has for it.

Nothing of a mail is believed: its size, its parts and its text are bounded, its HTML becomes text, its files are
examined as any upload is, and the day and the sender that it names are shown to whoever enters it.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser
from typing import cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext

from privacy.datamap import subjects
from privacy.files import uploads
from privacy.files.uploads import CheckedDocument
from softnlabs.website.enquiries.models import REFERENCE, EnquiryMessage

KINDS = ("pdf", "docx", "jpeg", "png")
MOST_TEXT = 20_000
MOST_PARTS = 60
MOST_ATTACHMENTS = 10
MOST_HTML = 2_000_000
# Looked at before anything is parsed: headers and boundaries that are many or long on purpose keep the parser busy.
MOST_HEADERS = 64_000  # bytes before the first empty line
MOST_HEADER = 8_000  # bytes of one header
MOST_BOUNDARIES = 5_000  # lines that begin as a boundary does, which texts may have too
# What the parser of the standard library raises for headers and parts that are broken on purpose or by mistake.
BROKEN = (
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    RecursionError,
    AssertionError,
)
BLOCKS = frozenset({
    "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li",
    "ol", "p", "pre", "section", "table", "td", "tr", "ul",
})  # fmt: skip
SILENT = frozenset({"script", "style", "head", "title", "template"})
OWN_NUMBER = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")


class NotAMailError(ValueError):
    """The file is no e-mail, or too tangled to be read."""


@dataclass(frozen=True)
class IncomingMail:
    """What a mail says. ``left_out`` are its files that were not taken: name and reason."""

    sender: str  # normalised; empty when it is no address
    name: str
    subject: str
    text: str
    is_cut: bool
    sent_at: datetime | None
    key: str
    reference: str
    answers: tuple[UUID, ...]
    documents: tuple[CheckedDocument, ...]
    left_out: tuple[tuple[str, str], ...]


def read(content: bytes) -> IncomingMail:
    """Raises :class:`NotAMailError`. Files are examined, so call it outside a transaction."""
    if _is_tangled(content):
        raise NotAMailError
    try:
        message = BytesParser(policy=policy.default).parsebytes(content)
        if not message["From"] or sum(1 for _part in message.walk()) > MOST_PARTS:
            raise NotAMailError
        return _read(message)
    except BROKEN as error:
        raise NotAMailError from error


def enquiry_reference(mail: IncomingMail) -> str:
    """Of the enquiry that it belongs to: by its subject, or by the message of ours that it answers; empty for none."""
    if mail.reference:
        return mail.reference
    ours = EnquiryMessage.objects.filter(mail__in=mail.answers).select_related("enquiry").first()
    return ours.enquiry.reference if ours else ""


def _is_tangled(content: bytes) -> bool:
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    headers = lines.partition(b"\n\n")[0]
    longest = max(map(len, re.split(rb"\n(?![ \t])", headers)))
    return len(headers) > MOST_HEADERS or longest > MOST_HEADER or lines.count(b"\n--") > MOST_BOUNDARIES


def _read(message: EmailMessage) -> IncomingMail:
    name, sender = _sender(message)
    text = _plain(_text(message))
    subject = " ".join(_plain(str(message["Subject"] or "")).split())[:200]
    found = REFERENCE.search(subject)
    documents, left_out = _documents(message)
    number = str(message["Message-ID"] or "").strip()
    answers = OWN_NUMBER.findall(f"{message['In-Reply-To'] or ''} {message['References'] or ''}"[:5000])
    return IncomingMail(
        sender=sender,
        name=name,
        subject=subject,
        text=text[:MOST_TEXT],
        is_cut=len(text) > MOST_TEXT,
        sent_at=_sent_at(message),
        key=subjects.fingerprint(f"message-id:{number}") if number else "",
        reference=found[1].upper() if found else "",
        answers=tuple(UUID(each) for each in answers[:20]),
        documents=tuple(documents),
        left_out=tuple(left_out),
    )


def _sender(message: EmailMessage) -> tuple[str, str]:
    addresses = getattr(message["From"], "addresses", ())
    if not addresses:
        return "", ""
    name = " ".join(_plain(addresses[0].display_name).split())[:100]
    try:
        return name, subjects.normalise_email(addresses[0].addr_spec)
    except ValueError:
        return name, ""


def _sent_at(message: EmailMessage) -> datetime | None:
    """Without a time zone it is no instant."""
    sent_at: datetime | None = getattr(message["Date"], "datetime", None)
    return sent_at if sent_at and sent_at.tzinfo else None


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    if body is None:
        return ""
    content = _decoded(cast("EmailMessage", body))
    return _text_of_html(content) if body.get_content_type() == "text/html" else content


def _decoded(part: EmailMessage) -> str:
    """In the character set that it names, or else as UTF-8."""
    raw = part.get_payload(decode=True)
    content = raw if isinstance(raw, bytes) else b""
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _documents(message: EmailMessage) -> tuple[list[CheckedDocument], list[tuple[str, str]]]:
    taken, left_out = list[CheckedDocument](), list[tuple[str, str]]()
    for number, (name, content) in enumerate(_files(message)):
        if number >= MOST_ATTACHMENTS:
            left_out.append((name, gettext("There are too many files.")))
            continue
        try:
            taken.append(uploads.check(SimpleUploadedFile(name, content), kinds=KINDS))
        except ValidationError as error:
            left_out.append((name, error.messages[0]))
    return taken, left_out


def _files(message: EmailMessage) -> Iterator[tuple[str, bytes]]:
    """Name and content. A mail within a mail, and what has no content, is empty."""
    for part in message.iter_attachments():
        raw = part.get_payload(decode=True)
        name = uploads.safe_name(_plain(part.get_filename() or "")) or gettext("without a name")
        yield name, raw if isinstance(raw, bytes) else b""


def _plain(text: str) -> str:
    """Without signs that cannot be seen, reverse the writing, or that no database holds."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        sign
        for sign in lines
        if sign in "\n\t\u200c\u200d" or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    ).strip()


def _text_of_html(markup: str) -> str:
    reader = _TextReader()
    reader.feed(markup[:MOST_HTML])
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.found).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


class _TextReader(HTMLParser):
    """The words of a page alone: no addresses, no pictures, nothing that is run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        elif tag in BLOCKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT and self._silent:
            self._silent -= 1
        elif tag in BLOCKS:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data.replace("\n", " "))
