"""A campaign is sent while its worker is killed: everybody who confirmed gets it once, and nobody else at all.

`MAILING_RECIPIENTS` says how many; `make audit` takes the 50,000.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psutil
import pytest
from django.conf import settings
from django.utils import timezone

from benchmarks import mail_sink
from benchmarks.mail_sink import Sink
from benchmarks.prospects import make_many
from consent.mailings.models import Mailing
from consent.mailings.states import MailingState
from consent.prospecting import prospecting
from consent.prospecting.models import Prospect
from privacy.audit import trail
from privacy.datamap.subjects import Subject
from privacy.rights import restriction
from tests.consent.mailings.factories import make_mailing, schedule
from tests.faults.databases import address_of_the_test_database
from tests.faults.workers import wait_for

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
RECIPIENTS = int(os.environ.get("MAILING_RECIPIENTS", "2000"))
KILLS = 3
TOPIC = "privacy"
# Confirmed once, and stopped under another spelling of the same mailbox.
STOPPED = {
    "case@example.org": "CASE@Example.ORG",
    "dotted.name@gmail.com": "dottedname@googlemail.com",
    "plus@gmail.com": "p.l.u.s+news@gmail.com",
    "wide@example.org": "\uff57ide@example.org",
    "accent@xn--caf-dma.example": "accent@café.example",
}
# Dots and plus parts are somebody else's address at other providers.
NOT_THE_SAME = {"do.tted@example.org": "dotted@example.org", "plus+news@example.org": "plus@example.org"}


def make_those_who_get_none(now: datetime) -> None:
    make_many(STOPPED, now=now)
    for spelling in STOPPED.values():
        prospecting.suppress(spelling, now=now)
    make_many(
        ["restricted@example.org", "declined@example.org", "silent@example.org", "unconfirmed@example.org"],
        now=now,
    )
    with trail.acting("user:1", "test"):
        restriction.restrict(Subject.of_email("restricted@example.org"), reason="asked", now=now)
    listed = Prospect.objects.all()
    listed.filter(email="declined@example.org").update(declined_topics=[TOPIC])
    listed.filter(email="silent@example.org").update(last_contact_at=now.replace(year=now.year - 3))
    listed.filter(email="unconfirmed@example.org").update(confirmed_at=None)
    prospecting.ask(
        email="asked@example.org", sentence="Write to me", language="en", page="/", now=now,
        policy_version="", entity="", source="test",
    )  # fmt: skip


@contextmanager
def worker(sink: Sink) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {
        **os.environ,
        "DATABASE_URL": address_of_the_test_database(),
        "DJANGO_SETTINGS_MODULE": "softnlabs.settings",
    }
    command = [sys.executable, "-W", "ignore", "-m", "tests.faults.mailing_worker", str(sink.port)]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def test_a_worker_that_is_killed_three_times_sends_to_each_once(tmp_path):
    now = timezone.now()
    make_those_who_get_none(now)
    get_it = [f"person{number}@provider{number % 40}.example" for number in range(RECIPIENTS)]
    get_it += NOT_THE_SAME
    make_many(get_it, now=now)
    for spelling in NOT_THE_SAME.values():
        prospecting.suppress(spelling, now=now)
    mailing = schedule(make_mailing(now=now, topic=TOPIC), now=now)

    with mail_sink.running(tmp_path / "taken") as sink:
        for number in range(1, KILLS + 1):
            with worker(sink):
                wait_for(lambda number=number: sink.number() >= RECIPIENTS * number // (KILLS + 1))
                time.sleep(random.random() / 50)  # at any moment of a message
        with worker(sink) as last:
            wait_for_end(mailing)
            memory = psutil.Process(last.pid).memory_info().rss // 2**20
        taken = sink.taken()

    mailing.refresh_from_db()
    print(f"{memory} MiB, {mailing.uncertain} uncertain")  # noqa: T201 - for `make audit`
    assert set(taken) <= set(get_it)
    assert [address for address in get_it if taken[address] != 1] == []
    assert mailing.sent + mailing.uncertain == mailing.recipients == len(get_it)
    assert mailing.uncertain <= KILLS
    assert memory < 200


def wait_for_end(mailing: Mailing) -> None:
    end = time.monotonic() + 60 + RECIPIENTS / 50
    while not Mailing.objects.filter(pk=mailing.pk, state=MailingState.SENT).exists():
        assert time.monotonic() < end
        time.sleep(0.1)
