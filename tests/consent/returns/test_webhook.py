"""The webhook: with the secret, by real HTTP posts; without it there is no such address."""

import base64
import http.client
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.simple_server import make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client

from consent.prospecting import prospecting
from consent.prospecting.models import Suppression
from consent.returns import views
from consent.undeliverable import undeliverable
from consent.undeliverable.models import MailReturn, StoppedAddress
from softnlabs import settings as of_the_site
from tests.conftest import ALICE, BOB
from tests.consent.returns.factories import mailjet, sent_to

SECRET, OLD = "mailjet:k3yThatNobodyCanGuess-1", "mailjet:k3yThatNobodyCanGuess-0"
ADDRESS = "/webhooks/mail/mailjet/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _provider(settings) -> None:
    settings.MAIL_PROVIDER = "mailjet"
    settings.ANYMAIL = {**of_the_site.ANYMAIL, "WEBHOOK_SECRET": [SECRET, OLD]}


def post(body: object, secret: str = SECRET, address: str = ADDRESS, **facts):
    content = body if isinstance(body, (str, bytes)) else json.dumps(body)
    headers = {"authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"} if secret else {}
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    return client.post(address, content, content_type="application/json", headers=headers, **facts)


def traces() -> list[int]:
    return [model.objects.count() for model in (MailReturn, StoppedAddress, Suppression)]


def test_a_bounce_stops_the_address_and_the_same_event_counts_once(now):
    alice = sent_to(ALICE, now=now)
    bounced = mailjet("bounce", alice, hard_bounce=True, blocked=True, error="user unknown")
    for _time in range(3):
        assert post([bounced, bounced]).status_code == 200
    assert traces() == [1, 1, 0]
    alice.mailing.refresh_from_db()
    assert alice.mailing.bounced == 1


@pytest.mark.parametrize("secret", [SECRET, OLD])
def test_a_complaint_by_either_secret(now, secret):
    assert post(mailjet("spam", sent_to(ALICE, now=now), source="JMRPP"), secret).status_code == 200
    assert prospecting.is_suppressed(ALICE)
    assert not prospecting.is_suppressed(BOB)


@pytest.mark.parametrize(
    ("event", "found"),
    [
        (mailjet("unsub"), [1, 0, 1]),
        (mailjet("spam"), [1, 0, 1]),
        (mailjet("bounce", hard_bounce=True, error="user unknown"), [1, 1, 0]),
        (mailjet("bounce", hard_bounce=False, error="quota exceeded"), [1, 0, 0]),
        (mailjet("bounce", error="x", smtp_reply="550 5.1.1 no such user"), [1, 1, 0]),
        (mailjet("bounce", error="x", smtp_reply="550 5.7.1 your network is listed"), [1, 0, 0]),
        (mailjet("blocked", error="preblocked"), [1, 0, 0]),
        (mailjet("blocked", error="typofix"), [1, 1, 0]),
        (mailjet("blocked", error="spam reporter"), [1, 0, 1]),
        (mailjet("bounce", error="greylisted", hard_bounce=False), [0, 0, 0]),
        (mailjet("open", ip="192.0.2.1", agent="Mozilla"), [0, 0, 0]),
        (mailjet("click", url="https://example.org"), [0, 0, 0]),
        (mailjet("sent"), [0, 0, 0]),
        (mailjet("something new"), [0, 0, 0]),
    ],
    ids=str,
)
def test_each_event_leads_to_what_it_means(now, event, found):
    sent_to(ALICE, now=now)
    assert post({**event, "email": ALICE}).status_code == 200
    assert traces() == found


def test_an_event_about_nobody_does_no_harm(now):
    sent_to(BOB, now=now)
    stranger = mailjet("bounce", hard_bounce=True, email="nobody@example.org", Payload="{not json")
    assert (
        post([stranger, mailjet("spam", email="no address"), mailjet("spam", email=None)]).status_code == 200
    )
    assert traces() == [0, 0, 0]


@pytest.mark.parametrize("secret", ["", "mailjet:", "mailjet:wrong", SECRET + "1", "é:é"])
def test_without_the_secret_there_is_no_such_address(now, secret):
    event = mailjet("spam", sent_to(ALICE, now=now))
    answer = post(event, secret)
    assert (answer.status_code, traces()) == (404, [0, 0, 0])
    unknown = post(event, SECRET, "/webhooks/mail/other/")
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    "facts",
    [
        {"MAIL_PROVIDER": ""},
        {"MAIL_PROVIDER": "scaleway"},
        {"ANYMAIL": {**of_the_site.ANYMAIL, "WEBHOOK_SECRET": []}},
    ],
)
def test_without_a_provider_or_a_secret_there_is_no_such_address_either(now, settings, facts):
    for name, value in facts.items():
        setattr(settings, name, value)
    for secret in (SECRET, ""):
        assert post(mailjet("spam", email=ALICE), secret).status_code == 404
        assert post(mailjet("spam", email=ALICE), secret, "/webhooks/mail/scaleway/").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "nonsense",
        "[1]",
        "[null]",
        "null",
        "7",
        '"text"',
        "[[]]",
        '{"x": 1}',
        b"\xff\xfe",
        '[{"event": []}]',
    ],
)
def test_what_is_no_report_is_refused_quietly(body):
    assert post(body).status_code == 400
    assert traces() == [0, 0, 0]


def test_what_is_too_large_is_not_read():
    assert post("x" * (views.LONGEST + 1)).status_code == 413


def test_a_flood_is_asked_to_wait(monkeypatch):
    monkeypatch.setattr(views, "REPORTS", views.RateLimit("test", 3, views.REPORTS.within))
    assert [post([]).status_code for _time in range(5)] == [200, 200, 200, 429, 429]
    assert post([], "mailjet:wrong").status_code == 404


def test_an_error_of_ours_lets_the_provider_report_again(now, monkeypatch):
    def fail(*_facts, **_named):
        raise RuntimeError

    event = mailjet("bounce", sent_to(ALICE, now=now), hard_bounce=True)
    with monkeypatch.context() as patch:
        patch.setattr(undeliverable, "stop", fail)
        assert post(event).status_code == 500
    assert traces() == [0, 0, 0]
    assert post(event).status_code == 200
    assert traces() == [1, 1, 0]


def test_no_log_names_anybody(now, caplog):
    alice = sent_to(ALICE, now=now)
    with caplog.at_level(logging.DEBUG):
        post(mailjet("bounce", alice, hard_bounce=True))
        post(mailjet("spam", alice), "mailjet:wrong")
        post(f'[{{"event": "spam", "email": "{ALICE}"')
        post([{"email": ALICE}])
    said = " ".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("django.db")
    )
    assert ALICE not in said
    assert "k3yThat" not in said


@contextmanager
def serving() -> Iterator[int]:
    """The site behind a real port."""

    def answer(environ, start_response):
        try:
            return WSGIHandler()(environ, start_response)
        finally:
            connection.close()

    with make_server("127.0.0.1", 0, answer) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_over_a_real_connection(now):
    alice, answers = sent_to(ALICE, now=now), []
    body = json.dumps([mailjet("bounce", alice, hard_bounce=True)])
    with serving() as port:
        for secret in ("mailjet:wrong", SECRET):
            auth = base64.b64encode(secret.encode()).decode()
            client = http.client.HTTPConnection("127.0.0.1", port)
            client.request(
                "POST", ADDRESS, body, {"Authorization": f"Basic {auth}", "Content-Type": "application/json"}
            )
            answers.append((client.getresponse().status, MailReturn.objects.count()))
            client.close()
    assert answers == [(404, 0), (200, 1)]
