"""E-mails as mail programs save them, made from invented data."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from tests import documents

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def eml(
    text: str = "Thank you, Monday suits me.",
    *,
    sender: str = "Alice Lasserre <alice@example.org>",
    subject: str = "Re: Your message",
    at: datetime | None = AT,
    number: str = "<1@mail.example.org>",
    html: str = "",
    files: tuple[tuple[str, bytes], ...] = (),
    **headers: str,
) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "contact@example.com", subject
    if at:
        message["Date"] = format_datetime(at)
    if number:
        message["Message-ID"] = number
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    if html:
        message.set_content(html, subtype="html")
    else:
        message.set_content(text)
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def quote() -> tuple[str, bytes]:
    return "quote.pdf", documents.pdf("Quote")
