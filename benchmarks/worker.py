"""The worker's work, in a process of its own as in production.

python -m benchmarks.worker ingest     for each number on stdin: ingest that many visits, and print how many
python -m benchmarks.worker seal       seal every second until stdin is closed
"""

import select
import sys
import time
from datetime import UTC, datetime

import django

if __name__ == "__main__":
    django.setup()

from privacy.files import spool
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


def _seal() -> None:
    while not select.select([sys.stdin], [], [], EVERY)[0]:
        sealing.seal(now=datetime.now(UTC))


if __name__ == "__main__":
    {"ingest": _answer, "seal": _seal}[sys.argv[1]]()
