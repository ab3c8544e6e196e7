"""Purging many due applications, each with its encrypted file, while pages are read and applications written.

The purge runs in a process of its own, like the worker. Every few milliseconds PostgreSQL is asked how long the
purge's transaction has held rows. Each size is purged once, since a large purge is a long series of batches. The
size is the number of due applications.
"""

import contextlib
import http.client
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg2
from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from benchmarks import applicants, data, web
from benchmarks.measure import BenchmarkResult, Measurement, Target, largest, percentile, seconds
from benchmarks.profiles import Profile
from benchmarks.testbed import ROOT
from privacy.audit import trail
from privacy.files.models import StoredFile
from privacy.retention import safeguard
from privacy.retention.models import PurgeRun
from recruitment.applications.models import Application

ITEM, LOCK = "applications purged", "applications purged, longest lock"
BOUND, SLOWER = 100, 3
KEPT = 500
WARM_UP, PAUSE, LOOK_EVERY = 40, 0.02, 0.004
NAME = "the purge that is measured"
PAGES = ("/", "/careers/", "/privacy/data/", "/contact/")
HELD = (
    "SELECT extract(epoch FROM clock_timestamp() - xact_start) FROM pg_stat_activity"
    f" WHERE application_name = '{NAME}' AND backend_xid IS NOT NULL"
)
WRITE = """
WITH file AS (
  INSERT INTO privacy_storedfile (id, name, media_type, size, wrapped_key, stored_at, is_upload)
  VALUES (gen_random_uuid(), 'cv.pdf', 'application/pdf', 0, '', now(), true) RETURNING id)
INSERT INTO recruitment_application (surname, first_name, email, telephone, postcode, qualifications, experience,
  message, cv_id, language, entity, received_at, last_contact_at)
SELECT 'New', 'Bob', 'bob@example.org', '', '', '', '', '', id, 'en', '818 145 302', now(), now() FROM file;
UPDATE recruitment_application SET last_contact_at = now() WHERE id = (
  SELECT id FROM recruitment_application WHERE surname = 'Kept' ORDER BY last_contact_at LIMIT 1)
"""


def measure(profile: Profile) -> BenchmarkResult:
    """Rate, longest lock, and response times of readers and writers with and without a purge."""
    lines: list[Measurement] = []
    wrong: Counter[str] = Counter()
    with web.serving(["page, everything on"]) as sites:
        site = sites["page, everything on"]
        for size in profile.sizes(profile.applications):
            _fill(size)
            site.pages(WARM_UP)
            quiet = _asking(site, lambda: time.sleep(profile.reader_seconds))
            with _looking() as held:
                during = _asking(site, _purge)
            lines += [*_of_the_purge(size, held), *_of_the_others(size, quiet, during)]
            wrong.update(_counts(during))
    return BenchmarkResult(
        lines=lines,
        bare=_medians(quiet["pages"]),
        facts={"applications": profile.applications, "looks_at_locks": len(held), **wrong},
        targets=[*_times(lines), *(_none(name, count) for name, count in wrong.items())],
    )


def _of_the_purge(rows: int, held: list[float]) -> list[Measurement]:
    run = PurgeRun.objects.exclude(started_at=None).latest("started_at")
    assert run.started_at
    assert run.ended_at
    rate = rows / (run.ended_at - run.started_at).total_seconds()
    seen, said = 1e3 * max(held, default=0.0), run.lines.aggregate(longest=Max("longest"))["longest"]
    return [
        Measurement(ITEM, "with their files", "a second", [rate], rate, rows),
        Measurement(LOCK, "asked of PostgreSQL", "ms", [seen], seen, rows),
        Measurement(LOCK, "on the certificate", "ms", [float(said)], seen, rows),
    ]


def _of_the_others(
    rows: int, quiet: dict[str, list[float]], during: dict[str, list[float]]
) -> Iterator[Measurement]:
    for name in ("pages", "writing"):
        for share, words in ((0.5, "median"), (0.99, "99th"), (1.0, "slowest")):
            base, value = (1e3 * percentile(taken[name], share) for taken in (quiet, during))
            yield Measurement(f"{ITEM}, {name}, {words}", "no purge", "ms", [base], base, rows)
            yield Measurement(f"{ITEM}, {name}, {words}", "purge", "ms", [value], base, rows)


def _times(lines: list[Measurement]) -> list[Target]:
    last = largest(lines).values()
    longest = max(line.median for line in last if line.item == LOCK)
    slower = max(line.ratio for line in last if line.item.endswith("99th"))
    times = f"{slower:.1f} times"
    return [
        Target("longest lock of the purge", f"at most {BOUND} ms", f"{longest:.0f} ms", longest <= BOUND),
        Target("99th percentile of the others", f"at most {SLOWER} times", times, slower <= SLOWER),
    ]


def _none(name: str, count: int) -> Target:
    return Target(name, "0", str(count), count == 0, is_timing=False)


def _counts(during: dict[str, list[float]]) -> dict[str, int]:
    """Facts that do not depend on time."""
    files = sum(path.is_file() for path in settings.FILES_ROOT.rglob("*"))
    return {
        "due applications left": Application.objects.filter(surname="Due").count(),
        "applications gone that were not due": KEPT - Application.objects.filter(surname="Kept").count(),
        "files left without a record": files - KEPT,
        "pages not shown": int(during["refused"][0]),
    }


def _medians(taken: list[float], parts: int = 5) -> list[float]:
    """Medians of consecutive parts, as a measure of the machine's own noise."""
    size = max(1, len(taken) // parts)
    return [percentile(taken[start : start + size], 0.5) for start in range(0, size * parts, size)]


def _asking(site: web.BenchmarkSite, action: Callable[[], object]) -> dict[str, list[float]]:
    """Seconds of each page and each write during `action`, and how many pages failed."""
    taken: dict[str, list[float]] = {"pages": [], "writing": []}
    refused: list[float] = []
    with contextlib.ExitStack() as stack:
        page = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
        writer = stack.enter_context(
            contextlib.closing(psycopg2.connect(**connection.get_connection_params()))
        )
        stack.enter_context(_repeating(taken["pages"], lambda: refused.extend(_show(page)), pause=PAUSE))
        stack.enter_context(_repeating(taken["writing"], lambda: _write(writer), pause=PAUSE))
        action()
    return {**taken, "refused": [float(len(refused))]}


def _show(page: http.client.HTTPConnection) -> list[float]:
    """Request one page; not empty when it failed."""
    page.request("GET", random.choice(PAGES), headers={"Host": "127.0.0.1"})  # noqa: S311
    response = page.getresponse()
    response.read()
    return [] if response.status == http.HTTPStatus.OK else [1.0]


def _write(writer: "psycopg2.extensions.connection") -> None:
    """One person applies, and another is contacted, in one transaction."""
    with writer, writer.cursor() as cursor:
        cursor.execute(WRITE)


@contextlib.contextmanager
def _repeating(taken: list[float], action: Callable[[], object], *, pause: float) -> Iterator[None]:
    """Repeat `action` on a thread, and append the seconds of each run to `taken`. What it raises comes out here."""
    over = threading.Event()

    def repeat() -> None:
        while not over.wait(pause):
            taken.append(seconds(action))

    with ThreadPoolExecutor(max_workers=1) as beside:
        repeated = beside.submit(repeat)
        try:
            yield
        finally:
            over.set()
        repeated.result()


@contextlib.contextmanager
def _looking() -> Iterator[list[float]]:
    """How long the purge had held rows, each time that PostgreSQL was asked."""
    held: list[float] = []
    with contextlib.closing(psycopg2.connect(**connection.get_connection_params())) as watcher:
        watcher.autocommit = True
        cursor = watcher.cursor()

        def look() -> None:
            cursor.execute(HELD)
            held.extend(float(age) for (age,) in cursor.fetchall())

        with _repeating([], look, pause=LOOK_EVERY):
            yield held


def _purge() -> None:
    """Like the worker. A purge of this size is refused first and has to be confirmed."""
    now = timezone.now()
    with trail.acting("system", "benchmark"):
        if safeguard.suspicions(now=now):
            with contextlib.suppress(safeguard.PurgeRefusedError):
                safeguard.run(now=now)
            safeguard.confirm(PurgeRun.objects.latest("pk"), reason="All of it is old", now=now)
    environment = {**os.environ, "PGAPPNAME": NAME}
    command = [sys.executable, "manage.py", "purge"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def _fill(rows: int) -> None:
    Application.objects.all().delete()
    StoredFile.objects.all().delete()
    shutil.rmtree(settings.FILES_ROOT, ignore_errors=True)
    applicants.add("Due", rows, at=timezone.now() - relativedelta(years=6))
    applicants.add("Kept", KEPT, at=timezone.now() - relativedelta(years=1))
    data.run("ANALYZE")
