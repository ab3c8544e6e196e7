"""Local mode's mailbox shows what Django's file backend kept, and exists in that mode only."""

import importlib

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from django.urls import URLPattern

from softnlabs.local import mailbox
from softnlabs.website import urls

pytestmark = pytest.mark.django_db


def send(subject: str, html: str = "<p>Hello</p>") -> None:
    message = EmailMultiAlternatives(
        subject,
        f"{'-' * 79}é\nOpen http://127.0.0.1:8000/privacy/requests/new/?a=1&b=2 please.",
        to=["alice@example.org"],
        connection=get_connection("django.core.mail.backends.filebased.EmailBackend"),
    )
    message.attach_alternative(html, "text/html")
    message.attach("letter.pdf", b"%PDF-1.7", "application/pdf")
    message.send()


def test_without_mail_the_page_says_so(client: Client) -> None:
    assert "No message yet" in client.get("/mail/").text


def test_messages_are_listed_and_links_can_be_followed(client: Client, settings) -> None:
    send("Bonjour, <b>Zoé</b>")
    [letter] = mailbox.stored_messages(settings.EMAIL_FILE_PATH)
    page = client.get("/fr/mail/").text
    assert "Bonjour, &lt;b&gt;Zoé&lt;/b&gt;" in page
    assert f'href="/fr/mail/{letter.key}/"' in page
    page = client.get(f"/mail/{letter.key}/").text
    assert 'href="http://127.0.0.1:8000/privacy/requests/new/?a=1&amp;b=2"' in page
    assert "letter.pdf" in page


def test_the_html_part_is_shown_in_a_sandbox(client: Client, settings) -> None:
    send("Hello", html="<p>Hello</p><script>alert(1)</script>")
    [letter] = mailbox.stored_messages(settings.EMAIL_FILE_PATH)
    response = client.get(f"/mail/{letter.key}/html/")
    assert "<p>Hello</p>" in response.text
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert "script" not in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    "key", ["nothing", "..%2f..%2fetc%2fpasswd.0", "20260101-101010-1.0", "20260101-101010-1.99"]
)
def test_what_does_not_exist_is_not_found(client: Client, key: str) -> None:
    assert client.get(f"/mail/{key}/").status_code == 404
    assert client.get(f"/mail/{key}/html/").status_code == 404


def test_in_use_there_is_no_such_address(settings) -> None:
    settings.LOCAL_MODE = False
    try:
        names = [
            pattern.name for pattern in importlib.reload(urls).urlpatterns if isinstance(pattern, URLPattern)
        ]
    finally:
        settings.LOCAL_MODE = True
        importlib.reload(urls)
    assert "contact" in names
    assert not [name for name in names if name and name.startswith("mail")]
