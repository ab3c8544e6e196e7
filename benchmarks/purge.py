"""How long the purge of many due applications takes, and how long anybody waits for it meanwhile.

    python -m benchmarks.purge [rows]

Real servers of its own, a database of its own, one file for each application. While the purge runs, a reader asks for
the newest application and a writer adds enquiries, as pages do. Printed: rows and files a second, the slowest statement
of the purge (a lock is held no longer than its transaction), and the slowest answers to the reader and the writer.
"""

import sys
import threading
import time
from contextlib import ExitStack
from datetime import timedelta

from tests import servers

servers.prepare()

import django  # noqa: E402

django.setup()

from dateutil.relativedelta import relativedelta  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from privacy import audit, retention, storage  # noqa: E402
from privacy.models import StoredFile  # noqa: E402
from recruitment.models import Application  # noqa: E402
from softnlabs.website.models import Enquiry  # noqa: E402


def main(rows: int) -> None:
    """Fill, purge, print."""
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    settings.ERASURE_JOURNAL = (
        settings.FILES_ROOT / f"journal-{time.time_ns()}"
    )  # a new database, a new journal
    try:
        _fill(rows)
        _measure(rows)
    finally:
        connection.creation.destroy_test_db("softnlabs", verbosity=0)


def _fill(rows: int) -> None:
    long_ago = timezone.now() - relativedelta(years=6)
    for start in range(0, rows, 2000):
        files = [
            storage.store(b"%PDF", name="cv.pdf", media_type="application/pdf", now=long_ago)
            for _number in range(min(2000, rows - start))
        ]
        Application.objects.bulk_create(
            Application(
                surname="Martin",
                first_name="Alice",
                email=f"a{start + number}@example.org",
                qualifications="Some",
                experience="Some",
                cv=file,
                language="en",
                entity="818145302",
                received_at=long_ago,
                last_contact_at=long_ago + timedelta(seconds=start + number),
            )
            for number, file in enumerate(files)
        )


def _measure(rows: int) -> None:
    stop, waits = threading.Event(), {"reader": [0.0], "writer": [0.0]}
    others = [
        threading.Thread(target=_others, args=(stop, waits["reader"], _read)),
        threading.Thread(target=_others, args=(stop, waits["writer"], _write)),
    ]
    batches: list[float] = []
    with ExitStack() as stack:
        stack.enter_context(audit.acting("system", "benchmark"))
        stack.callback(lambda: [thread.join() for thread in others])
        stack.callback(stop.set)
        for thread in others:
            thread.start()
        stack.enter_context(_timed_batches(batches))
        started = time.monotonic()
        run = retention.purge(now=timezone.now())
        seconds = time.monotonic() - started
    line = run.lines.get(holding="recruitment.application")
    batches.sort()
    sys.stdout.write(
        f"{line.count} of {rows} applications and {line.files} files in {seconds:.1f} s "
        f"({line.count / seconds:.0f} a second); {StoredFile.objects.count()} files left\n"
        f"batch: median {batches[len(batches) // 2] * 1000:.0f} ms, "
        f"99th {batches[int(len(batches) * 0.99)] * 1000:.0f} ms, slowest {batches[-1] * 1000:.0f} ms\n"
    )
    for name, seen in waits.items():
        seen.sort()
        sys.stdout.write(
            f"{name}: {len(seen)} questions, 99th {seen[int(len(seen) * 0.99)] * 1000:.0f} ms, "
            f"slowest {seen[-1] * 1000:.0f} ms\n"
        )


class _timed_batches:  # noqa: N801 used as a verb
    """Measure each transaction that deletes, from its first lock to its commit."""

    def __init__(self, times: list[float]) -> None:
        self.times, self.real = times, retention._Rows.purge_some

    def __enter__(self) -> None:
        def timed(rows: retention._Rows) -> bool:
            started = time.monotonic()
            try:
                return self.real(rows)
            finally:
                self.times.append(time.monotonic() - started)

        retention._Rows.purge_some = timed  # type: ignore[method-assign]

    def __exit__(self, *_raised: object) -> None:
        retention._Rows.purge_some = self.real  # type: ignore[method-assign]


def _others(stop: threading.Event, waits: list[float], ask: object) -> None:
    while not stop.wait(0.02):
        started = time.monotonic()
        ask()  # type: ignore[operator]
        waits.append(time.monotonic() - started)
    connection.close()


def _read() -> None:
    list(Application.objects.active(timezone.now()).order_by("-received_at")[:20])


def _write() -> None:
    now = timezone.now()
    with transaction.atomic():
        Enquiry.objects.create(
            email="bob@example.org", surname="Bob", message="Hello", received_at=now, last_contact_at=now
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
