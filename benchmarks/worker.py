"""The worker's part, in a process of its own, as in use.

python -m benchmarks.worker ingest     for each number that comes in: take in so many visits, and say how many came
python -m benchmarks.worker seal        seal what was written, every second, until the end of the input
"""

import select
import sys
import time
from datetime import UTC, datetime

import django

if __name__ == "__main__":
    django.setup()

from privacy.seals import sealing
from privacy.visits import recording, spool

PATIENCE, PAUSE, EVERY = 10.0, 0.2, 1.0


def ingest(wanted: int) -> int:
    """What comes in until ``wanted`` are there, for ten seconds: a piece is finished a second after it was begun."""
    if wanted:
        time.sleep(spool.HELD_SECONDS)
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
