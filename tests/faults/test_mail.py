"""The mail server is slow, silent or refuses a mailbox; nothing is lost, and nobody else waits for it."""

import threading
import time
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from privacy.mail import outbox
from privacy.mail.models import Mail
from privacy.promises import about_policy
from privacy.promises.checking import CheckRun
from tests.conftest import ALICE, BOB
from tests.faults.mail_servers import MailServer, serving

GONE, BUSY = "gone@example.org", "busy@example.org"
pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


def write(now: datetime, *people: str) -> None:
    for person in people:
        Mail.objects.create(
            message="test",
            to=person,
            language="en",
            written_at=now,
            next_try_at=now,
            subject="Hello",
            text="Good day.",
        )


def use(settings, server: MailServer) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port


def waiting() -> int:
    return Mail.objects.filter(sent_at=None).count()


def test_one_mailbox_is_gone_one_is_full_and_the_others_get_theirs(settings, now):
    write(now, GONE, BUSY, ALICE)
    with serving(MailServer(replies={GONE: "550 no such mailbox", BUSY: "452 mailbox full"})) as server:
        use(settings, server)
        for hours in range(0, 24 * 8, 6):  # eight days, in which 550 was once tried forty times
            outbox.deliver(now=now + timedelta(hours=hours))
    gone, busy, fine = (Mail.objects.get(to=to) for to in (GONE, BUSY, ALICE))
    assert server.taken == [ALICE]
    assert fine.sent_at == now
    assert (gone.refused_at, gone.tries, gone.text) == (now, 1, "Good day.")
    assert busy.refused_at == now + outbox.NOT_NOW_FOR
    assert server.asked.count(GONE) == 1
    assert server.asked.count(BUSY) == busy.tries > 1
    # Nothing waits through our fault any more.
    assert about_policy._mail_waits(CheckRun(now=now + timedelta(days=8))).is_kept


def test_a_slow_server_gets_everything_in_several_short_runs(settings, monkeypatch):
    monkeypatch.setattr(outbox, "LONGEST_RUN", 0.5)
    now = timezone.now()
    write(now, *(f"person{number}@example.org" for number in range(6)))
    with serving(MailServer(pause=0.05)) as server:
        use(settings, server)
        runs = 0
        while waiting():
            runs += 1
            assert outbox.deliver(now=now) > 0
        assert 1 < runs <= 6
        assert len(server.taken) == len(set(server.taken)) == 6


def test_a_server_that_is_silent_ends_a_run_and_holds_back_no_message_for_long(settings, monkeypatch):
    monkeypatch.setattr(outbox, "LONGEST_RUN", 0.5)
    settings.EMAIL_TIMEOUT = 0.4
    now = timezone.now()
    write(now, *(f"person{number}@example.org" for number in range(6)))
    with serving(MailServer(pause=60)) as server:
        use(settings, server)
        assert outbox.deliver(now=now) == 0
    assert waiting() == 6
    assert (
        Mail.objects.filter(next_try_at=now).count() >= 3
    )  # not even tried: their turn comes in the next run
    with serving(MailServer()) as server:
        use(settings, server)
        assert outbox.deliver(now=now + outbox.FIRST_PAUSE) == 6


def test_while_one_run_waits_for_a_slow_server_another_has_nothing_to_do(settings):
    now = timezone.now()
    write(now, ALICE, BOB)
    left: list[int] = []

    def elsewhere() -> None:
        left.append(outbox.deliver_alone(now=now))
        connection.close()

    with serving(MailServer(pause=0.2)) as server:
        use(settings, server)
        first = threading.Thread(target=elsewhere)
        first.start()
        time.sleep(0.5)
        assert outbox.deliver_alone(now=now) == 0
        assert first.is_alive()  # it was not waited for
        first.join()
        assert left == [2]
        assert sorted(server.taken) == [ALICE, BOB]
    assert outbox.deliver_alone(now=now) == 0  # and the lock is free again
