"""The worker's work, in a process of its own as in production.

python -m benchmarks.worker ingest     for each number on stdin: ingest that many visits, and print how many
python -m benchmarks.worker send       for each number on stdin, the port of a mail server: send all campaigns
python -m benchmarks.worker seal       seal every second until stdin is closed
"""

import resource
import select
import sys
import time
from datetime import UTC, datetime

import django
from django.conf import settings

if __name__ == "__main__":
    django.setup()

from consent.mailings import sending
from consent.mailings.models import Mailing
from consent.mailings.states import MailingState
from privacy.audit import trail
from privacy.files import spool
from privacy.mail import providers
from privacy.seals import sealing
from privacy.visits import recording

PATIENCE, PAUSE, EVERY = 10.0, 0.2, 1.0  # seconds


def ingest(wanted: int) -> int:
    """Ingest until `wanted` visits are stored, for ten seconds at most.

    A segment is finished a second after it was begun.
    """
    if wanted:
        time.sleep(spool.SEGMENT_SECONDS)
    taken, end = 0, time.monotonic() + PATIENCE
    while taken < wanted and time.monotonic() < end:
        taken += recording.drain(now=datetime.now(UTC))
        time.sleep(PAUSE)
    return taken


def _answer() -> None:
    for line in sys.stdin:
        sys.stdout.write(f"{ingest(int(line))}\n")
        sys.stdout.flush()


def _send() -> None:
    """Prints how much memory it takes, in KiB, after each."""
    for line in sys.stdin:
        settings.EMAIL_BACKEND = providers.SMTP
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(line)
        with trail.acting(trail.SYSTEM, "bench"):
            while Mailing.objects.filter(state__in=(MailingState.SCHEDULED, MailingState.SENDING)).exists():
                sending.run(now=datetime.now(UTC))
        sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}\n")
        sys.stdout.flush()


def _seal() -> None:
    while not select.select([sys.stdin], [], [], EVERY)[0]:
        sealing.seal(now=datetime.now(UTC))


if __name__ == "__main__":
    {"ingest": _answer, "seal": _seal, "send": _send}[sys.argv[1]]()
