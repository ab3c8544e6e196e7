"""Which cookies were really seen: what left, what was stripped, what browsers bring along undeclared. Names only.

A process counts for itself and hands its counts to a local spool, for each name once a minute at most; the worker
adds them to the table. A page pays no query for it. What a process counted in its last minute may be lost with it:
that something was seen is certain, how often is a good estimate.
"""

import logging
import re
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from consent.cookies.registry import Register
from consent.cookies.sighting_models import CookieSighting
from privacy.visits.spool import Spool, read

What = CookieSighting.What
EVERY: Final = 60.0
STRANGERS: Final = 50
"""So many undeclared names a process reports at most: a sender may make up any."""
NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
log = logging.getLogger(__name__)
_guard = threading.Lock()
_counts: Counter[tuple[str, str]] = Counter()
_said_at: dict[tuple[str, str], float] = {}


def note(name: str, what: str) -> None:
    """Count one sighting. Never fails, and costs a line in a file once a minute."""
    key, moment = (name, what), time.monotonic()
    with _guard:
        _counts[key] += 1
        if moment - _said_at.get(key, -EVERY) < EVERY:
            return
        _said_at[key] = moment
        times = _counts.pop(key)
    try:
        spool().append(f"{name}\t{what}\t{times}".encode())
    except (OSError, RuntimeError) as error:
        log.error("the spool refused a sighting of %s (%s)", name, type(error).__name__)


def note_brought(names: Iterable[str], register: Register) -> None:
    """Count the undeclared cookies that a browser brought along."""
    for name in names:
        if name not in register.by_name and NAME.fullmatch(name) and _has_room(name):
            note(name, What.BROUGHT)


def _has_room(name: str) -> bool:
    strangers = sum(what == What.BROUGHT for _name, what in _said_at)
    return (name, What.BROUGHT) in _said_at or strangers < STRANGERS


def forget() -> None:
    """Begin anew, as a fresh process does."""
    with _guard:
        _counts.clear()
        _said_at.clear()


def spool() -> Spool:
    """The sightings that wait on this machine."""
    return _spool(Path(settings.SPOOL_ROOT) / "sightings")


@cache
def _spool(folder: Path) -> Spool:
    return Spool(folder)


def drain(*, now: datetime) -> int:
    """Add what waits to the table; returns how many sightings came in."""
    with spool().claim_finished() as segments:
        found: Counter[tuple[str, str]] = Counter()
        for segment in segments:
            for line in read(segment)[0]:
                name, what, count = line.decode().split("\t")
                found[name, what] += int(count)
        with transaction.atomic():
            for (name, what), times in sorted(found.items()):
                CookieSighting.objects.add(name, what, times, now=now)
        for segment in segments:
            segment.unlink()
    return found.total()


@dataclass(frozen=True)
class Line:
    """One cookie in the report."""

    name: str
    is_declared: bool
    sightings: list[CookieSighting]

    @property
    def is_fault(self) -> bool:
        """Our own code tried to set it and should not have, or set it for too long."""
        return any(sighting.what in CookieSighting.FAULTS for sighting in self.sightings)

    @property
    def was_never_set(self) -> bool:
        """Declared, and yet it never left: a promise about nothing, or a feature that nobody uses."""
        return self.is_declared and not any(sighting.what == What.SET for sighting in self.sightings)


def report(register: Register) -> list[Line]:
    """Every cookie that is declared or was seen: faults first, then those never set, then the rest."""
    seen: dict[str, list[CookieSighting]] = {name: [] for name in register.by_name}
    for sighting in CookieSighting.objects.order_by("name", "what"):
        seen.setdefault(sighting.name, []).append(sighting)
    lines = [Line(name, name in register.by_name, found) for name, found in seen.items()]
    return sorted(lines, key=lambda line: (not line.is_fault, not line.was_never_set, line.name))
