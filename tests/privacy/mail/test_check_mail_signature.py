"""`manage.py check_mail_signature`: who signs, and whether that serves one-click unsubscribing."""

import io
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from django.core.management import CommandError, call_command

from privacy.mail import signing
from softnlabs import secrets

KEY = secrets.fresh_mail_key()
HEADERS = (
    b"From: SoftNLabs <hello@softnlabs.com>\r\nTo: alice@example.org\r\nSubject: News\r\n"
    b"Date: Sun, 29 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@softnlabs.com>\r\n"
)
LIST = b"List-Unsubscribe: <https://privacy.example.org/x/>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
BODY = b"\r\nGood day.\r\n"


@pytest.fixture
def signer(settings) -> signing.Signer:
    settings.DKIM_PRIVATE_KEY, settings.DKIM_SELECTOR, settings.DKIM_DOMAIN = KEY, "mail", "softnlabs.com"
    found = signing.signer()
    assert found is not None
    return found


def run(**options) -> str:
    said = io.StringIO()
    call_command("check_mail_signature", stdout=said, **options)
    return said.getvalue()


def saved(tmp_path: Path, content: bytes | str, name: str = "message.eml") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_it_verifies_its_own_signature_and_prints_the_record(signer):
    said = run()
    assert "This site signs: selector mail, domain softnlabs.com, 2048 bits." in said
    assert "it holds, covers List-Unsubscribe and List-Unsubscribe-Post." in said
    assert 'mail._domainkey.softnlabs.com. IN TXT "v=DKIM1; k=rsa; p=' in said
    strings = said.partition(" IN TXT ")[2].strip()
    assert strings.replace('" "', "").strip('"') == signer.record
    assert all(len(part) <= 255 for part in strings.strip('"').split('" "'))
    assert KEY[:40] not in said


def test_a_record_that_stands_in_the_dns_for_another_key_is_found(signer, settings, tmp_path):
    old = saved(tmp_path, signer.record, "record.txt")
    settings.DKIM_PRIVATE_KEY = secrets.fresh_mail_key()
    with pytest.raises(CommandError, match=r"No signature of softnlabs\.com holds"):
        run(public_key=old)


def test_nobody_signs(settings):
    with pytest.raises(CommandError, match="Nobody signs") as error:
        run()
    assert error.value.returncode == 1
    settings.MAIL_RELAY_SIGNS = True
    assert "The relay signs" in run()


def test_a_message_from_a_relay_is_verified_with_the_key_of_a_file(signer, tmp_path):
    message = saved(tmp_path, b"Received: by mx.example.org\r\n" + signer.sign(HEADERS + LIST + BODY, at=1))
    keys = (
        saved(tmp_path, signer.record, "record.txt"),
        saved(tmp_path, f'"{signer.record[:255]}" "{signer.record[255:]}"', "quoted.txt"),
        saved(tmp_path, _pem(signer), "public.pem"),
    )
    for key in keys:
        assert "it holds, covers" in run(message=message, public_key=key)


def test_a_message_as_saved_with_other_line_ends_is_the_same(signer, tmp_path):
    message = saved(tmp_path, signer.sign(HEADERS + LIST + BODY, at=1).replace(b"\r\n", b"\n"))
    assert "it holds" in run(message=message, public_key=saved(tmp_path, signer.record, "record.txt"))


def _pem(signer: signing.Signer) -> bytes:
    return signer.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda message: message.replace(b"/x/", b"/y/"), "No signature of softnlabs.com holds"),
        (lambda message: message.replace(b"hello@softnlabs.com", b"hello@example.org"), "No signature of"),
        (lambda message: message.partition(b"From:")[2].join([b"From:", b""]), "bears no signature"),
        (lambda message: message.replace(LIST, b""), "has no list-unsubscribe and no list-unsubscribe-post"),
    ],
)
def test_what_does_not_serve_is_said_and_fails(signer, tmp_path, change, words):
    message = saved(tmp_path, change(signer.sign(HEADERS + LIST + BODY, at=1)))
    with pytest.raises(CommandError, match=words) as error:
        run(message=message, public_key=saved(tmp_path, signer.record, "record.txt"))
    assert error.value.returncode == 1


def test_a_signature_that_leaves_the_headers_out_does_not_serve(signer, tmp_path, monkeypatch):
    """As that of a relay that knows RFC 6376 alone: the message is genuine, its unsubscribing is not."""
    monkeypatch.setattr(signing, "GUARDED_WHERE_THERE", ())
    message = saved(tmp_path, signer.sign(HEADERS + LIST + BODY, at=1))
    with pytest.raises(CommandError, match="holds and covers List-Unsubscribe"):
        run(message=message, public_key=saved(tmp_path, signer.record, "record.txt"))


def test_a_signature_of_a_stranger_does_not_serve(signer, settings, tmp_path):
    settings.DKIM_DOMAIN = "relay.example.org"
    stranger = signing.signer()
    assert stranger is not None
    message = saved(tmp_path, stranger.sign(HEADERS + LIST + BODY, at=1))
    with pytest.raises(CommandError, match=r"No signature of softnlabs\.com"):
        run(message=message, public_key=saved(tmp_path, stranger.record, "record.txt"))


def test_a_file_that_cannot_be_read_is_another_code(tmp_path):
    with pytest.raises(CommandError, match="cannot be read") as error:
        run(message=tmp_path / "absent.eml")
    assert error.value.returncode == 2
