"""A worker is killed in the middle of a purge; the next run finishes it, and the counts are true."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from celery import current_app
from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from privacy import audit, retention, safety, storage
from privacy.models import AuditEntry, Draft, Mail, PurgeLine, PurgeRun, StoredFile
from tests.conftest import ALICE, BOB

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
MAILS, FILES = 12_000, 30
SECONDS = 60


def address_of_the_test_database() -> str:
    """The servers' address, with the name of the database that the tests use."""
    return urlunsplit(
        urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    )


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < end, "it did not come to pass in time"
        time.sleep(0.005)


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


def kill(worker: "subprocess.Popen[bytes]") -> None:
    """kill -9, the pool's children included."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def fill() -> None:
    long_ago = timezone.now() - relativedelta(months=4)
    Mail.objects.bulk_create(
        (
            Mail(to=ALICE, message="test", language="en", written_at=long_ago + timedelta(seconds=number))
            for number in range(MAILS)
        ),
        batch_size=2000,
    )
    Mail.objects.create(to=BOB, message="test", language="en", written_at=timezone.now())
    files = [
        storage.store(b"%PDF", name="cv.pdf", media_type="application/pdf", now=long_ago)
        for _number in range(FILES)
    ]
    Draft.objects.bulk_create(Draft(file=file, email=ALICE, kept_at=long_ago) for file in files)


def old_mails() -> int:
    return Mail.objects.filter(to=ALICE).count()


def confirm_that_so_much_goes() -> None:
    with audit.acting("user:1", "test"):
        with pytest.raises(safety.Refused) as refused:
            safety.run(now=timezone.now())
        safety.confirm(refused.value.run, reason="All of it is old", now=timezone.now())


def test_a_worker_killed_in_the_middle_of_a_purge_loses_nothing_and_miscounts_nothing(start_worker):
    fill()
    confirm_that_so_much_goes()
    worker = start_worker()
    current_app.send_task("privacy.tasks.purge")
    wait_for(lambda: 0 < old_mails() < MAILS)
    kill(worker)
    wait_for(lambda: not retention.is_running())

    killed = PurgeRun.objects.get()
    left = old_mails()
    assert 0 < left < MAILS
    assert killed.lines.get(holding="privacy.mail").count == MAILS - left
    assert retention.state_of(killed) == PurgeRun.State.INTERRUPTED

    second = start_worker()
    current_app.send_task("privacy.tasks.purge")
    wait_for(lambda: PurgeRun.objects.filter(state=PurgeRun.State.FINISHED).exists())
    kill(second)
    finished = PurgeRun.objects.get(state=PurgeRun.State.FINISHED)
    killed.refresh_from_db()
    assert killed.state == PurgeRun.State.INTERRUPTED
    assert finished.lines.get(holding="privacy.mail").count == left
    assert finished.lines.get(holding="privacy.mail").left == 0
    assert old_mails() == 0
    assert Mail.objects.filter(to=BOB).exists()
    destroyed = PurgeLine.objects.filter(holding="privacy.draft").aggregate(files=Sum("files"))["files"]
    assert destroyed == FILES
    assert not StoredFile.objects.exists()
    assert not any(path.is_file() for path in settings.FILES_ROOT.rglob("*"))
    verbs = AuditEntry.objects.filter(verb__startswith="privacy.retention").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == [
        "privacy.retention.refused",
        "privacy.retention.confirmed",
        "privacy.retention.interrupted",
        "privacy.retention.purged",
    ]
