"""The worker's part in recording, in a process of its own: for each number that comes in, take in so many visits.

    python -m benchmarks.worker

Answers with how many came in; fewer when they are not there within ten seconds.
"""

import sys
import time
from datetime import UTC, datetime

import django

if __name__ == "__main__":
    django.setup()

from privacy import navigation, spool

PATIENCE, PAUSE = 10.0, 0.2


def main() -> None:
    """Until nobody asks any more."""
    for line in sys.stdin:
        sys.stdout.write(f"{take_in(int(line))}\n")
        sys.stdout.flush()


def take_in(wanted: int) -> int:
    """What comes in until ``wanted`` are there: a piece is finished a second after it was begun."""
    if wanted:
        time.sleep(spool.HELD_SECONDS)
    taken, end = 0, time.monotonic() + PATIENCE
    while taken < wanted and time.monotonic() < end:
        taken += navigation.drain(now=datetime.now(UTC))
        time.sleep(PAUSE)
    return taken


if __name__ == "__main__":
    main()
