"""Which cookies were observed: set, stripped, or sent by browsers though nobody declared them. Names only.

Each process counts in memory and writes its counts to a local spool, once a minute for each name at most; the worker
adds them to the table. Pages need no query. A crash may lose the counts of the last minute: they are estimates.
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

from consent.cookies.observation_models import CookieObservation
from consent.cookies.registry import Register
from privacy.datamap.stores import ImpersonalStore
from privacy.files import spool as spools
from privacy.files.spool import Spool, read
from privacy.files.stores import SPOOL_NAMES

ObservationKind = CookieObservation.ObservationKind
REPORT_INTERVAL: Final = 60.0
"""Seconds between two spool lines about one name."""
MAX_UNKNOWN_NAMES: Final = 50
"""Undeclared names that a process reports at most: a client may invent any number of them."""
VALID_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
STORE: Final = ImpersonalStore(
    "consent.observation_spool",
    "Names of cookies, and how often they were seen in all.",
    folders={"SPOOL_ROOT/observations": SPOOL_NAMES},
)
log = logging.getLogger(__name__)
_guard = threading.Lock()
_counts: Counter[tuple[str, str]] = Counter()
_reported_at: dict[tuple[str, str], float] = {}


def record(name: str, kind: str) -> None:
    """Never raises; costs one line in a file once a minute for each name.

    Pages that the site asks of itself do not count.
    """
    if spools.is_withholding():
        return
    key, moment = (name, kind), time.monotonic()
    with _guard:
        _counts[key] += 1
        if moment - _reported_at.get(key, -REPORT_INTERVAL) < REPORT_INTERVAL:
            return
        _reported_at[key] = moment
        times = _counts.pop(key)
    try:
        spool().append(f"{name}\t{kind}\t{times}".encode())
    except (OSError, RuntimeError) as error:
        log.error("the spool refused an observation of %s (%s)", name, type(error).__name__)


def record_received(names: Iterable[str], register: Register) -> None:
    for name in names:
        if name not in register.by_name and VALID_NAME.fullmatch(name) and _has_room(name):
            record(name, ObservationKind.RECEIVED)


def _has_room(name: str) -> bool:
    unknown = sum(kind == ObservationKind.RECEIVED for _name, kind in _reported_at)
    return (name, ObservationKind.RECEIVED) in _reported_at or unknown < MAX_UNKNOWN_NAMES


def reset() -> None:
    """For tests: forget what this process counted."""
    with _guard:
        _counts.clear()
        _reported_at.clear()


def spool() -> Spool:
    return _spool(Path(settings.SPOOL_ROOT) / "observations")


@cache
def _spool(folder: Path) -> Spool:
    return Spool(folder)


def drain(*, now: datetime) -> int:
    """Add what is spooled on this machine to the table. Returns the number of observations."""
    with spool().claim_finished() as segments:
        found: Counter[tuple[str, str]] = Counter()
        for segment in segments:
            for line in read(segment)[0]:
                name, kind, count = line.decode().split("\t")
                found[name, kind] += int(count)
        with transaction.atomic():
            for (name, kind), times in sorted(found.items()):
                CookieObservation.objects.add(name, kind, times, now=now)
        for segment in segments:
            segment.unlink()
    return found.total()


@dataclass(frozen=True)
class CookieReportLine:
    name: str
    is_declared: bool
    observations: list[CookieObservation]

    @property
    def is_fault(self) -> bool:
        """Our own code tried to set it and should not have, or for too long."""
        return any(observation.kind in CookieObservation.FAULTS for observation in self.observations)

    @property
    def is_never_set(self) -> bool:
        """Declared but never set: either the policy says too much, or nobody uses the feature."""
        return self.is_declared and not any(
            observation.kind == ObservationKind.SET for observation in self.observations
        )


def report(register: Register) -> list[CookieReportLine]:
    """Every cookie that is declared or was observed: faults first, then those never set, then the rest."""
    seen: dict[str, list[CookieObservation]] = {name: [] for name in register.by_name}
    for observation in CookieObservation.objects.order_by("name", "kind"):
        seen.setdefault(observation.name, []).append(observation)
    lines = [CookieReportLine(name, name in register.by_name, found) for name, found in seen.items()]
    return sorted(lines, key=lambda line: (not line.is_fault, not line.is_never_set, line.name))
