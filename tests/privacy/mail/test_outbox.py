"""The outbox: nothing is lost, and nothing leaves twice, whatever is away."""

import itertools
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from email.errors import HeaderParseError
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

import pytest
from celery import Celery, current_app
from dateutil.relativedelta import relativedelta
from django.core import mail as sent
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.utils.translation import get_language, override

from privacy.files import storage
from privacy.files.models import StoredFile
from privacy.files.uploads import CheckedDocument
from privacy.mail import outbox, task_queue
from privacy.mail.models import Mail
from tests.conftest import ALICE, BOB

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _outbox(settings, monkeypatch) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr(task_queue, "_paused_until", [0.0])
    sent.outbox = []


def write(now, to: str = ALICE, **facts) -> Mail:
    facts = {"subject": "Hello", "text": "Good day.", "html": "<p>Good day.</p>", **facts}
    return Mail.objects.create(message="test", to=to, language="en", written_at=now, next_try_at=now, **facts)


def use_backend(settings, monkeypatch, send) -> None:
    """Mail leaves through the memory backend, whose sending is ``send(backend, messages)``."""
    monkeypatch.setattr(EmailBackend, "send_messages", send)


def test_a_message_leaves_once_and_keeps_no_text(now):
    mail = write(now)
    assert outbox.deliver(now=now) == 1
    assert outbox.deliver(now=now + timedelta(days=1)) == 0
    (message,) = sent.outbox
    assert message.to == [ALICE]
    assert message.body == "Good day."
    assert message.alternatives[0][0] == "<p>Good day.</p>"
    assert str(mail.pk) in message.extra_headers["Message-ID"]
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    mail.refresh_from_db()
    assert (mail.text, mail.html, mail.next_try_at, mail.sent_at) == ("", "", None, now)


def test_a_message_is_written_in_the_transaction_that_causes_it(now):
    with transaction.atomic():
        write(now)
        transaction.set_rollback(True)
    assert outbox.deliver(now=now) == 0


def test_an_empty_outbox_is_one_look(now, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        outbox.deliver(now=now)


@pytest.mark.parametrize("failure", [ConnectionRefusedError(), SMTPServerDisconnected("x"), TimeoutError()])
def test_while_the_mail_server_is_away_a_message_waits_longer_each_time(now, monkeypatch, settings, failure):
    def refuse(backend, messages):
        raise failure

    mail = write(now)
    with monkeypatch.context() as patch:
        use_backend(settings, patch, refuse)
        pauses = []
        for _try in range(12):
            assert outbox.deliver(now=now) == 0
            mail.refresh_from_db()
            assert outbox.deliver(now=mail.next_try_at - timedelta(seconds=1)) == 0
            pauses.append(mail.next_try_at - now)
            now = mail.next_try_at
        assert mail.error == type(failure).__name__
    assert pauses[0] == outbox.FIRST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == outbox.LONGEST_PAUSE
    assert outbox.deliver(now=now) == 1
    mail.refresh_from_db()
    assert (mail.error, mail.tries) == ("", 13)


def refused(code: int) -> SMTPRecipientsRefused:
    return SMTPRecipientsRefused({ALICE: (code, b"")})


@pytest.mark.parametrize(
    ("error", "written_ago", "is_final"),
    [
        (refused(550), timedelta(0), True),
        (refused(500), timedelta(0), True),
        (SMTPDataError(554, b""), timedelta(0), True),
        (refused(452), timedelta(days=4) - timedelta(microseconds=1), False),
        (refused(452), timedelta(days=4), True),
        (refused(499), timedelta(0), False),
        (SMTPDataError(451, b""), timedelta(0), False),
        # These refuse us and not the message: another password, another address of ours, and it leaves.
        (SMTPAuthenticationError(535, b""), timedelta(days=9), False),
        (SMTPSenderRefused(550, b"", "us@example.org"), timedelta(days=9), False),
        (SMTPConnectError(554, b""), timedelta(days=9), False),
    ],
    ids=str,
)
def test_a_mailbox_that_refuses_for_good_is_not_asked_again(
    now, monkeypatch, settings, error, written_ago, is_final
):
    asked = []

    def refuse(backend, messages):
        asked.append(messages)
        raise error

    mail = write(now - written_ago)
    use_backend(settings, monkeypatch, refuse)
    for wait in (timedelta(0), timedelta(days=1), timedelta(days=2)):
        assert outbox.deliver(now=now + wait) == 0
    mail.refresh_from_db()
    assert (mail.refused_at == now) is is_final
    assert (len(asked) == 1) is is_final
    assert mail.text == "Good day."


def test_a_server_that_is_slow_to_fail_does_not_hold_a_worker_until_its_time_limit(
    now, monkeypatch, settings
):
    clock = itertools.count(step=4)  # each message takes four seconds to fail

    def fail(backend, messages):
        raise TimeoutError

    for number in range(10):
        write(now, f"person{number}@example.org")
    monkeypatch.setattr(outbox.time, "monotonic", lambda: float(next(clock)))
    use_backend(settings, monkeypatch, fail)
    outbox.deliver(now=now)
    assert Mail.objects.filter(tries=1).count() == 2
    outbox.deliver(now=now)
    assert Mail.objects.filter(tries=1).count() == 4


def test_a_message_tried_for_weeks_still_does_not_hold_up_the_others(now, monkeypatch, settings):
    def refuse_alice(backend, messages):
        if messages[0].to == [ALICE]:
            raise ConnectionRefusedError
        sent.outbox.extend(messages)

    write(now - timedelta(hours=1), tries=300)
    write(now, BOB)
    use_backend(settings, monkeypatch, refuse_alice)
    assert outbox.deliver(now=now) == 1
    assert [message.to for message in sent.outbox] == [[BOB]]


def test_a_forged_header_is_refused_and_does_not_stop_the_others(now):
    write(now - timedelta(minutes=1), subject="Hello\nBcc: eve@example.org")
    write(now, BOB)
    assert outbox.deliver(now=now) == 1
    assert [message.to for message in sent.outbox] == [[BOB]]


def test_a_message_that_cannot_be_written_at_all_does_not_stop_the_others(now, monkeypatch, settings):
    def refuse_alice(backend, messages):
        if messages[0].to == [ALICE]:
            raise HeaderParseError
        sent.outbox.extend(messages)

    write(now - timedelta(hours=1))
    write(now, BOB)
    use_backend(settings, monkeypatch, refuse_alice)
    assert outbox.deliver(now=now) == 1
    assert [message.to for message in sent.outbox] == [[BOB]]


def test_a_message_past_its_period_does_not_leave_any_more(now):
    write(now - relativedelta(months=3, days=1))
    assert outbox.deliver(now=now) == 0
    assert sent.outbox == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_message_once(now, monkeypatch, settings):
    def slowly(backend, messages):
        time.sleep(0.02)
        sent.outbox.extend(messages)
        return len(messages)

    for number in range(10):
        write(now, f"person{number}@example.org")
    use_backend(settings, monkeypatch, slowly)
    barrier, left = threading.Barrier(2), []

    def work() -> None:
        barrier.wait()
        left.append(outbox.deliver(now=now))
        connection.close()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(left) == 10
    assert len({message.to[0] for message in sent.outbox}) == len(sent.outbox) == 10


@pytest.fixture
def silent_server() -> Iterator[int]:
    """The port of a server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def broker():
    """Point Celery at another Redis for one test."""
    before = current_app._get_current_object()

    def use(url: str) -> None:
        app = Celery("elsewhere", broker=url, set_as_current=True)
        app.config_from_object("django.conf:settings", namespace="CELERY")
        app.conf.broker_url = url

    yield use
    before.set_current()


def test_a_page_does_not_depend_on_redis(now, broker, caplog, django_capture_on_commit_callbacks):
    broker("redis://127.0.0.1:1/0")
    started = time.monotonic()
    for _page in range(20):
        with django_capture_on_commit_callbacks(execute=True):
            task_queue.enqueue("privacy.mail.tasks.deliver_mail")
    assert time.monotonic() - started < 2
    assert caplog.text.count("no wake-up") == 1


def test_a_redis_that_never_answers_costs_one_short_wait(broker, silent_server, caplog):
    broker(f"redis://127.0.0.1:{silent_server}/0")
    started = time.monotonic()
    for _page in range(5):
        task_queue._send("privacy.mail.tasks.deliver_mail", ())
    assert time.monotonic() - started < 3
    assert caplog.text.count("no wake-up") == 1


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Data controller"), ("fr", "Responsable du traitement")]
)
def test_a_message_is_written_in_its_language_and_enqueues_its_task(
    now, language, word, settings, tmp_path, django_capture_on_commit_callbacks
):
    (tmp_path / "emails").mkdir()
    sample = '{% extends "emails/base.html" %}{% block subject %}On two\n  lines{% endblock %}'
    (tmp_path / "emails/sample.html").write_text(sample)
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]
    with override("de"), django_capture_on_commit_callbacks() as callbacks:
        mail = outbox.send("sample", to=ALICE, language=language, context={}, now=now)
        assert get_language() == "de"
    assert word in mail.html
    assert word in mail.text
    assert mail.subject == "On two lines"
    assert len(callbacks) == 1


PAPER = CheckedDocument("quote.pdf", "application/pdf", b"%PDF-1.7 of Alice")


def write_with_attachment(now) -> Mail:
    mail = write(now)
    outbox._attach(mail, PAPER, now)
    return mail


def test_a_file_goes_with_its_message_and_is_destroyed_once_it_has_left(now):
    mail, waiting = write_with_attachment(now), write_with_attachment(now + timedelta(days=1))
    assert outbox.deliver(now=now) == 1
    (message,) = sent.outbox
    assert [(each.filename, each.content, each.mimetype) for each in message.attachments] == [
        ("quote.pdf", PAPER.content, "application/pdf")
    ]
    assert not mail.attachments.exists()
    assert [each.pk for each in StoredFile.objects.all()] == [waiting.attachments.get().file_id]


def test_a_message_waits_for_the_scanner_of_its_file(now, settings):
    settings.SCANNER = "unix:/nowhere"
    mail = write_with_attachment(now)
    assert outbox.deliver(now=now) == 0
    StoredFile.objects.update(scanned_at=now)
    assert outbox.deliver(now=now + timedelta(hours=1)) == 1
    mail.refresh_from_db()
    assert mail.sent_at
    assert mail.refused_at is None


def test_a_message_whose_file_is_lost_or_held_a_virus_does_not_leave_without_it(now):
    lost, infected = write_with_attachment(now), write_with_attachment(now)
    storage.path_of(lost.attachments.get().file_id).unlink()
    storage.destroy_content(infected.attachments.get().file, now=now)
    assert outbox.deliver(now=now) == 0
    assert sent.outbox == []
    assert Mail.objects.filter(refused_at=now).count() == 2
