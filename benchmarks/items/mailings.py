"""A campaign to a real SMTP server in a process of its own, next to the same messages by plain smtplib.

The plain side hands finished, signed bytes over one connection and keeps nothing. The campaign composes and signs each
message, asks whether its address may still be written to, and writes down what becomes of it, in two processes with a
connection each. The size is the number of recipients; the memory is that of the larger of the two processes.
"""

import contextlib
import os
import smtplib
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from benchmarks import data, mail_sink, prospects, web
from benchmarks.mail_sink import Sink
from benchmarks.measure import BenchmarkResult, Measurement, Target, in_turn, seconds
from benchmarks.profiles import Profile
from consent.mailings import mailings
from consent.mailings.messages import Composer
from consent.mailings.models import Delivery, Mailing
from privacy.audit import trail
from privacy.mail import signing
from privacy.mail.signing import Signer
from softnlabs import secrets

WANTED, LINES = 0.8, 2
GROWS_BY = 8192  # KiB that a larger campaign may take: less than its addresses would
WORDS = "## News\n\nWe have **something new** for you: [read on](https://softnlabs.example/news/).\n\n" + (
    "A paragraph as campaigns have them, with a few sentences about what we do. It goes on for a while.\n\n"
    * 12
)
ENVIRONMENT = {
    "DKIM_PRIVATE_KEY": secrets.fresh_mail_key(),
    "DKIM_SELECTOR": "bench",
    "MAILINGS_LINES": str(LINES),
    "MAILINGS_PER_SECOND": "999999",
    "MAILINGS_PER_SECOND_OF_PROVIDER": "999999",
}


def measure(profile: Profile) -> BenchmarkResult:
    """Messages per second of both, who got how many, and the memory of the sender at each size."""
    lines: list[Measurement] = []
    wrong, memory = 0, []
    with _senders() as senders:
        for size in profile.sizes(profile.mailed):
            run = MailingRun(size, senders)
            sides = {"plain smtplib": run.plain, "campaign": run.campaign}
            lines += in_turn("mailings", "messages/s", sides, rounds=profile.rounds, size=size)
            wrong += run.wrong
            memory.append(run.memory)
    ratio, grown = lines[-1].ratio, memory[-1] - memory[0]
    return BenchmarkResult(
        lines=lines,
        bare=lines[-2].figures,
        facts={"mailings memory in KiB": memory, "mailings wrong": wrong},
        targets=[
            Target("campaign against plain smtplib", f"at least {WANTED}", f"{ratio:.2f}", ratio >= WANTED),
            Target("addresses that did not get exactly one", "0", str(wrong), wrong == 0, is_timing=False),
            Target(
                "more memory at the largest size",
                f"at most {GROWS_BY} KiB",
                f"{grown} KiB",
                grown <= GROWS_BY,
            ),
        ],
    )


class MailingRun:
    def __init__(self, size: int, senders: "list[subprocess.Popen[str]]") -> None:
        self.senders, self.wrong, self.memory = senders, 0, 0
        self.addresses = [f"person{number}@provider{number % 40}.example" for number in range(size)]
        data.run("TRUNCATE consent_delivery, consent_mailing CASCADE")
        data.run("TRUNCATE consent_prospect")
        prospects.make_many(self.addresses, now=datetime.now(UTC))
        data.run("ANALYZE")

    def plain(self) -> float:
        now, composer, mailing = datetime.now(UTC), Composer(), self._mailing()
        deliveries = (Delivery(mailing=mailing, email=email, language="en") for email in self.addresses)
        messages = [composer.message(each, mailing, now=now) for each in deliveries]
        finished = [(each.to, _signer().sign(each.as_bytes(), at=0)) for each in messages]
        with _sink() as sink, smtplib.SMTP("127.0.0.1", sink.port) as connection:
            taken = seconds(lambda: [connection.sendmail("a@example.org", *each) for each in finished])
        return len(self.addresses) / taken

    def campaign(self) -> float:
        mailing = self._mailing()
        with _sink() as sink:
            with trail.acting(trail.SYSTEM, "bench"):
                mailings.schedule(mailing.pk, at=datetime.now(UTC), now=datetime.now(UTC))
            taken = seconds(lambda: self._send(sink))
            got = sink.taken()
        self.wrong += sum(got[email] != 1 for email in self.addresses) + len(set(got) - set(self.addresses))
        return len(self.addresses) / taken

    def _send(self, sink: Sink) -> None:
        for sender in self.senders:
            assert sender.stdin
            sender.stdin.write(f"{sink.port}\n")
            sender.stdin.flush()
        for sender in self.senders:
            assert sender.stdout
            self.memory = max(self.memory, int(sender.stdout.readline()))

    def _mailing(self) -> Mailing:
        texts = {"subject_en": "News", "subject_fr": "News", "body_en": WORDS, "body_fr": WORDS}
        return Mailing.objects.create(**texts, written_by="bench", written_at=datetime.now(UTC))


def _signer() -> Signer:
    key = signing.read_key(ENVIRONMENT["DKIM_PRIVATE_KEY"])
    return Signer(ENVIRONMENT["DKIM_SELECTOR"], settings.DKIM_DOMAIN, key)


@contextmanager
def _sink() -> Iterator[Sink]:
    with tempfile.TemporaryDirectory() as folder, mail_sink.running(Path(folder) / "taken") as sink:
        yield sink


@contextmanager
def _senders() -> "Iterator[list[subprocess.Popen[str]]]":
    os.environ |= ENVIRONMENT
    try:
        with contextlib.ExitStack() as stack:
            yield [stack.enter_context(web.working("send")) for _line in range(LINES)]
    finally:
        for name in ENVIRONMENT:
            del os.environ[name]
