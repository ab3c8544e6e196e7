"""Reading an e-mail that came as a file: nothing in it is believed, and nothing in it stops the desk."""

import pytest

from privacy.datamap import subjects
from softnlabs.website.enquiries import inbound
from tests import documents
from tests.conftest import ALICE
from tests.softnlabs.enquiries.mails import AT, eml, quote

HTML = """<html><head><title>No</title><style>p { color: red }</style></head><body><p>Good day,</p>
<script>alert(1)</script><p>Monday &amp; Tuesday<br>suit me. <a href="https://evil.example">here</a></p></body></html>"""


def test_what_a_mail_says() -> None:
    mail = inbound.read(eml(subject="Re: Your message [SNL-acdef3]", number="<7@x.example>"))
    assert (mail.sender, mail.name, mail.sent_at) == (ALICE, "Alice Lasserre", AT)
    assert (mail.text, mail.reference) == ("Thank you, Monday suits me.", "ACDEF3")
    assert mail.key == subjects.fingerprint("message-id:<7@x.example>")
    assert not mail.is_cut


def test_html_becomes_text() -> None:
    mail = inbound.read(eml(html=HTML))
    assert mail.text == "Good day,\n\nMonday & Tuesday\nsuit me. here"


@pytest.mark.django_db
def test_files_are_examined_and_what_is_refused_is_named() -> None:
    files = (quote(), ("run.exe", b"MZ\x90\x00 not a document"), ("cv.pdf", documents.script_pdf()))
    mail = inbound.read(eml(files=files))
    assert [each.name for each in mail.documents] == ["quote.pdf"]
    assert [name for name, _reason in mail.left_out] == ["run.exe", "cv.pdf"]
    assert all(reason for _name, reason in mail.left_out)


def test_a_long_text_is_cut() -> None:
    mail = inbound.read(eml("a" * (inbound.MOST_TEXT + 1)))
    assert len(mail.text) == inbound.MOST_TEXT
    assert mail.is_cut


def test_a_name_with_signs_that_reverse_or_break_is_plain() -> None:
    mail = inbound.read(eml("Hello \u202eevil\x00 there", sender="Ali\u202ece <alice@example.org>"))
    assert "\u202e" not in mail.text + mail.name
    assert "\x00" not in mail.text


def test_what_a_reply_of_ours_was_answered_by_is_found() -> None:
    number = "0f8fad5b-d9cb-469f-a165-70867728950e"
    mail = inbound.read(eml(In_Reply_To=f"<{number}@softnlabs.example>"))
    assert [str(each) for each in mail.answers] == [number]


@pytest.mark.parametrize("headers", [{"at": None}, {"number": ""}, {"sender": "nobody"}])
def test_what_is_missing_stays_empty(headers) -> None:
    mail = inbound.read(eml(**headers))
    assert mail.text


DEEP = b"From: a@example.org\r\n" + b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level) for level in range(500)
)
BROKEN = [
    b"",
    b"\x00" * 100,
    b"%PDF-1.7",
    b"Subject: no sender\r\n\r\nHello",
    DEEP,
    b"From: \xff\xfe@\r\nDate: never\r\nContent-Type: text/plain; charset=\xff\r\n\r\nHello",
    b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * 1000,
    b"From: a@example.org\r\nContent-Type: text/plain; charset=no-such\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
    b"From: =?utf-8?b?!!!?= <a@example.org>\r\nDate: Mon, 99 Foo 2026 99:99:99 +9999\r\nMessage-ID: <<>>\r\n\r\nx",
    b"From: a@example.org\r\nContent-Type: message/rfc822\r\n\r\nFrom: b@example.org\r\n\r\nInner",
    b"From: a@example.org, b@example.org\r\nSubject: " + b"a" * 100_000 + b"\r\n\r\nx",
]


@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_file_is_read_or_refused(content: bytes) -> None:
    try:
        mail = inbound.read(content)
    except inbound.NotAMailError:
        return
    assert len(mail.subject) <= 200
    assert len(mail.text) <= inbound.MOST_TEXT


@pytest.mark.parametrize(
    "content",
    [
        b"From: " + b'"' * 20_000 + b" a@example.org\n\nx",
        b"From: a@example.org\nReferences: " + b"<a@b> " * 200_000 + b"\n\nx",
        b"From: a@example.org\n" + b"X-A: b\n" * 20_000 + b"\nx",
        b"From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\na\n" * 100_000,
    ],
    ids=["from", "references", "headers", "parts"],
)
def test_a_mail_that_would_keep_the_parser_busy_is_not_parsed(content, monkeypatch):
    monkeypatch.setattr(inbound, "BytesParser", lambda **_facts: pytest.fail("it was parsed"))
    with pytest.raises(inbound.NotAMailError):
        inbound.read(content)
