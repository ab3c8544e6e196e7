"""Asking the people on lists, a few at a time."""

import time
from datetime import datetime
from typing import Final

from consent.imports import lists

PER_RUN: Final = 60
LONGEST_RUN: Final = 10.0
"""Seconds after which a run begins no other question: the worker has other work, and the next run goes on."""


def run(*, now: datetime) -> int:
    """Ask the next people; returns how many lines were dealt with. By the clock, so at most so many a minute."""
    end, done = time.monotonic() + LONGEST_RUN, 0
    while done < PER_RUN and time.monotonic() < end and lists.ask_next(now=now):
        done += 1
    lists.finish(now=now)
    return done
