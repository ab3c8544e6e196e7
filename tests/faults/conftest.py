"""What the tests of faults share."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
import redis
from django.conf import settings

from privacy.journal import entries
from tests.faults.databases import address_of_the_test_database
from tests.faults.workers import kill


@pytest.fixture
def journal_read_on_each_page(monkeypatch) -> None:
    """Each page looks at the journal anew."""
    monkeypatch.setattr(entries, "RECHECK_SECONDS", 0)


@pytest.fixture
def start_worker(tmp_path) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Real Celery workers on the test's own database, queue and folders; killed at the end."""
    started: list[subprocess.Popen[bytes]] = []
    environment = {
        **os.environ,
        "DATABASE_URL": address_of_the_test_database(),
        "SOFTNLABS_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "softnlabs.settings",
    }

    def start() -> "subprocess.Popen[bytes]":
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "softnlabs",
            "worker",
            "--concurrency=1",
            "--loglevel=INFO",
        ]
        with (tmp_path / f"worker-{len(started)}.log").open("wb") as log:
            worker = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        started.append(worker)
        return worker

    yield start
    for worker in started:
        kill(worker)
    with redis.from_url(os.environ["REDIS_URL"]) as queue:
        queue.flushall()
