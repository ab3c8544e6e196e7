"""A real mail server refuses, puts off and takes messages, and one that never answers keeps nothing back."""

import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest

from privacy.mail import outbox
from privacy.mail.models import Mail
from privacy.promises import about_policy
from privacy.promises.checking import CheckRun
from tests.conftest import ALICE, BOB
from tests.faults import mail_server
from tests.faults.mail_server import MailServer

pytestmark = [pytest.mark.fault, pytest.mark.django_db]
GONE, BUSY = "gone@example.org", "busy@example.org"
REPLIES = {GONE.encode(): b"550 no such mailbox", BUSY.encode(): b"452 mailbox full"}


@pytest.fixture
def server(settings) -> Iterator[MailServer]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with mail_server.running(REPLIES) as running:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        yield running


def write(to: str, now) -> Mail:
    return Mail.objects.create(
        message="test", to=to, language="en", subject="Hello", text="Good day.", html="<p>Good day.</p>",
        written_at=now, next_try_at=now,
    )  # fmt: skip


def test_one_mailbox_is_gone_one_is_full_and_the_others_get_theirs(server: MailServer, now):
    gone, busy, fine = (write(to, now) for to in (GONE, BUSY, ALICE))
    for hours in range(0, 24 * 8, 6):  # the forty tries of eight days
        outbox.deliver(now=now + timedelta(hours=hours))
    for mail in (gone, busy, fine):
        mail.refresh_from_db()
    assert server.accepted == [ALICE.encode()]
    assert fine.sent_at == now
    assert (gone.refused_at, gone.tries) == (now, 1)
    assert busy.refused_at == now + outbox.NOT_NOW_FOR
    assert server.asked.count(GONE.encode()) == 1
    assert server.asked.count(BUSY.encode()) == busy.tries > 1
    # Nothing waits through our fault any more.
    assert about_policy._mail_waits(CheckRun(now=now + timedelta(days=8))).is_kept


def test_a_server_that_never_answers_costs_its_time_and_no_message(settings, now):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 0.2
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        mails = [write(to, now) for to in (ALICE, BOB)]
        assert outbox.deliver(now=now) == 0
    assert {mail.tries for mail in Mail.objects.all()} == {1}
    with mail_server.running({}) as back:
        settings.EMAIL_PORT = back.port
        assert outbox.deliver(now=now + outbox.FIRST_PAUSE) == len(mails)
    assert sorted(back.accepted) == [ALICE.encode(), BOB.encode()]
