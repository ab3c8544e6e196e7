"""A campaign is sent while its worker is killed: everybody who confirmed gets it once, and nobody else at all.

`MAILING_RECIPIENTS` says how many; `make audit` takes the 50,000.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import psutil
import pytest
from django.conf import settings
from django.utils import timezone

from benchmarks import mail_sink
from benchmarks.mail_sink import Sink
from benchmarks.prospects import make_many
from consent.mailings import claims, mailings, sending, transports
from consent.mailings.models import Delivery, Mailing
from consent.mailings.states import DeliveryState, MailingState
from consent.prospecting import prospecting
from consent.prospecting.models import Prospect
from privacy.audit import trail
from privacy.datamap.models import Objection
from privacy.datamap.subjects import Subject
from privacy.mail import providers
from privacy.rights import restriction
from tests.conftest import ALICE, BOB
from tests.consent.mailings.factories import make_mailing, schedule
from tests.faults.databases import address_of_the_test_database
from tests.faults.mail_servers import MailServer, serving

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
RECIPIENTS = int(os.environ.get("MAILING_RECIPIENTS", "1000"))
KILLS = 3
TOPIC = "privacy"
GONE, BUSY = "gone@example.org", "busy@example.org"
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
        [
            "restricted@example.org",
            "objected@example.org",
            "declined@example.org",
            "silent@example.org",
            "unconfirmed@example.org",
        ],
        now=now,
    )
    with trail.acting("user:1", "test"):
        restriction.restrict(Subject.of_email("restricted@example.org"), reason="asked", now=now)
    object_to_being_listed("objected@example.org", now)
    listed = Prospect.objects.all()
    listed.filter(email="declined@example.org").update(declined_topics=[TOPIC])
    listed.filter(email="silent@example.org").update(last_contact_at=now.replace(year=now.year - 3))
    listed.filter(email="unconfirmed@example.org").update(confirmed_at=None)
    prospecting.ask(
        email="asked@example.org", sentence="Write to me", language="en", page="/", now=now,
        policy_version="", entity="", source="test",
    )  # fmt: skip


def object_to_being_listed(email: str, now: datetime) -> None:
    """As a restored backup may hold it: the use of prospects rests on consent today."""
    subject = Subject.of_email(email)
    Objection.objects.create(
        about=min(subject.fingerprints), holding="consent.prospect", keys={"emails": [email]}, objected_at=now,
        placed_by="user:1",
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
                wait_until(lambda number=number: sink.number() >= RECIPIENTS * number // (KILLS + 1))
                time.sleep(random.random() / 50)  # at any moment of a message
        with worker(sink) as last:
            wait_until(lambda: Mailing.objects.filter(pk=mailing.pk, state=MailingState.SENT).exists())
            memory = psutil.Process(last.pid).memory_info().rss // 2**20
        taken = sink.taken()

    mailing.refresh_from_db()
    print(f"{memory} MiB, {mailing.uncertain} uncertain")  # noqa: T201 - for `make audit`
    assert set(taken) <= set(get_it)
    assert [address for address in get_it if taken[address] != 1] == []
    assert mailing.sent + mailing.uncertain == mailing.recipients == len(get_it)
    assert mailing.uncertain <= KILLS
    assert memory < 200


def wait_until(what: Callable[[], bool]) -> None:
    """For longer, the more there are."""
    end = time.monotonic() + 60 + RECIPIENTS / 20
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


class Killed(BaseException):
    """As kill -9: nothing of the process goes on."""


def die(*_args: object, **_facts: object) -> None:
    raise Killed


def die_after(step: Callable[..., object]) -> Callable[..., None]:
    def step_and_die(*args: object, **facts: object) -> None:
        step(*args, **facts)
        raise Killed

    return step_and_die


# Where it dies; what the next run finds; how many messages Alice has in the end.
MOMENTS = [
    (transports.SmtpTransport, "offer", die, DeliveryState.SENT, 1),
    (claims, "hand_over", die, DeliveryState.SENT, 1),
    (claims, "commit", die, DeliveryState.SENT, 1),
    (transports.SmtpTransport, "hand_over", die, DeliveryState.UNCERTAIN, 0),  # some microseconds
    (transports.SmtpTransport, "hand_over", die_after, DeliveryState.UNCERTAIN, 1),
    (transports.SmtpTransport, "answer", die_after, DeliveryState.UNCERTAIN, 1),
    (claims, "sent", die, DeliveryState.UNCERTAIN, 1),
    (claims, "sent", die_after, DeliveryState.SENT, 1),
]


@pytest.mark.parametrize(("place", "name", "how", "state", "messages"), MOMENTS)
def test_at_each_moment_of_a_message_a_kill_never_sends_it_twice(
    settings, tmp_path, monkeypatch, place, name, how, state, messages
):
    now = timezone.now()
    make_many([ALICE], now=now)
    mailing = schedule(make_mailing(now=now), now=now)
    use(settings)
    with mail_sink.running(tmp_path / "taken") as sink, trail.acting("system", "test"):
        settings.EMAIL_PORT = sink.port
        with monkeypatch.context() as killing:
            killing.setattr(place, name, how(getattr(place, name)) if how is die_after else how)
            with pytest.raises(Killed):
                sending.run(now=timezone.now())
        for _again in range(3):
            sending.run(now=timezone.now())
        assert sink.taken()[ALICE] == messages
    assert Delivery.objects.get().state == state
    mailing.refresh_from_db()
    assert (mailing.state, mailing.uncertain) == (MailingState.SENT, int(state == DeliveryState.UNCERTAIN))


def use(settings: Any) -> None:
    settings.EMAIL_BACKEND = providers.SMTP
    settings.EMAIL_HOST = "127.0.0.1"
    settings.MAILINGS_PER_SECOND = settings.MAILINGS_PER_SECOND_OF_PROVIDER = 100_000.0


def test_one_mailbox_is_gone_one_is_full_and_the_others_get_theirs(settings):
    """Once and never again; again after a while; and at once."""
    now = timezone.now()
    make_many([GONE, BUSY, ALICE], now=now)
    mailing = schedule(make_mailing(now=now), now=now)
    use(settings)
    with (
        serving(MailServer(replies={GONE: "550 no such mailbox", BUSY: "452 full"})) as server,
        trail.acting("system", "test"),
    ):
        settings.EMAIL_PORT = server.port
        for hours in range(0, 24 * 6, 6):
            sending.run(now=now + timedelta(hours=hours, minutes=1))
        assert server.taken == [ALICE]
        assert server.asked.count(GONE) == 1
        assert 10 < server.asked.count(BUSY) < 30
    mailing.refresh_from_db()
    assert (mailing.state, mailing.sent, mailing.refused) == (MailingState.SENT, 1, 2)


def test_a_server_that_goes_away_gets_the_rest_when_it_is_back(settings, tmp_path):
    now = timezone.now()
    make_many([ALICE, BOB], now=now)
    schedule(make_mailing(now=now), now=now)
    use(settings)
    settings.EMAIL_PORT = 1  # nobody listens there
    with trail.acting("system", "test"):
        assert sending.run(now=timezone.now()) is False
        assert set(Delivery.objects.values_list("state", "tries")) == {(DeliveryState.WAITING, 0)}
        with mail_sink.running(tmp_path / "taken") as sink:
            settings.EMAIL_PORT = sink.port
            sending.run(now=timezone.now())
            assert sink.taken() == {ALICE: 1, BOB: 1}


STOPS = {
    "stopped": lambda now: prospecting.suppress(ALICE.upper(), now=now),
    "restricted": lambda now: restriction.restrict(Subject.of_email(ALICE), reason="asked", now=now),
    "objected": lambda now: object_to_being_listed(ALICE, now),
    "gone": lambda now: Prospect.objects.filter(email=ALICE).delete(),
    "not confirmed": lambda now: Prospect.objects.filter(email=ALICE).update(confirmed_at=None),
    "not this topic": lambda now: Prospect.objects.filter(email=ALICE).update(declined_topics=[TOPIC]),
}


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS)
@pytest.mark.parametrize("step", ["offer", "take"])
def test_a_stop_counts_inside_a_campaign_until_right_before_the_final_dot(
    settings, tmp_path, monkeypatch, stop, step
):
    """Said after the e-mail was claimed, while the message is on its way to the server but for its dot."""
    now = timezone.now()
    make_many([ALICE], now=now)
    mailing = schedule(make_mailing(now=now, topic=TOPIC), now=now)
    use(settings)
    place = claims if step == "take" else transports.SmtpTransport
    known = getattr(place, step)

    def step_and_stop(*args: Any, **facts: Any) -> Any:
        done = known(*args, **facts)
        stop(now)
        return done

    monkeypatch.setattr(place, step, step_and_stop)
    with mail_sink.running(tmp_path / "taken") as sink, trail.acting("system", "test"):
        settings.EMAIL_PORT = sink.port
        sending.run(now=timezone.now())
        assert sink.taken() == {}
    mailing.refresh_from_db()
    assert (mailing.state, mailing.sent, mailing.skipped) == (MailingState.SENT, 0, 1)


@pytest.mark.parametrize("verb", [mailings.pause, mailings.cancel])
def test_a_pause_acts_between_two_messages(settings, tmp_path, monkeypatch, verb):
    now = timezone.now()
    make_many([ALICE, BOB], now=now)
    mailing = schedule(make_mailing(now=now), now=now)
    use(settings)
    known = claims.sent

    def sent_and_pause(*args: Any, **facts: Any) -> None:
        known(*args, **facts)
        verb(mailing.pk, now=now)

    monkeypatch.setattr(claims, "sent", sent_and_pause)
    with mail_sink.running(tmp_path / "taken") as sink, trail.acting("system", "test"):
        settings.EMAIL_PORT = sink.port
        sending.run(now=timezone.now())
        assert sink.taken().total() == 1
        monkeypatch.setattr(claims, "sent", known)
        if verb is mailings.pause:
            mailings.resume(mailing.pk, now=now)
            sending.run(now=timezone.now())
            assert sink.taken() == {ALICE: 1, BOB: 1}
        assert not Delivery.objects.unfinished().exists()
