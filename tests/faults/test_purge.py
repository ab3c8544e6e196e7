"""A worker is killed in the middle of a purge; the next run finishes it, and the counts are true."""

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

import pytest
import redis
from celery import current_app
from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.files import storage, sweep
from privacy.files.models import Draft, StoredFile
from privacy.mail.models import Mail
from privacy.retention import purge, safeguard
from privacy.retention.models import PurgeLine, PurgeRun
from privacy.web import locks
from recruitment.applications.models import Application
from tests.conftest import ALICE, BOB
from tests.faults.databases import address_of_the_test_database

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
MAILS, FILES, APPLICATIONS = 2_000, 30, 300
SECONDS = 60


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < end, "it did not come to pass in time"
        time.sleep(0.005)


@contextmanager
def stopped_between_batches(start: Callable[[], object], *, once: Callable[[], bool]) -> Iterator[None]:
    """The purge that ``start`` starts stands still inside: it went on by a batch at a time until ``once`` came true.

    Each batch takes the lock that is held here. It is let go and asked for again in one statement, so that a busy
    machine cannot come in between and let the purge run to its end.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [locks.HOLD])
        try:
            start()
            end = time.monotonic() + SECONDS
            while not once():
                assert time.monotonic() < end, "it did not come to pass in time"
                cursor.execute("SELECT pg_advisory_unlock(%s), pg_advisory_lock(%s)", [locks.HOLD] * 2)
                time.sleep(0.005)
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [locks.HOLD])


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


def make_applications(count: int, *, at: datetime) -> list[uuid.UUID]:
    """Applications with their files, and the numbers of the files."""
    made = [
        storage.store(b"%PDF", name="cv.pdf", media_type="application/pdf", now=at)
        for _number in range(count)
    ]
    Application.objects.bulk_create(
        Application(
            surname="A",
            first_name="B",
            email=ALICE,
            cv=file,
            language="en",
            entity="818 145 302",
            received_at=at,
            last_contact_at=at + timedelta(seconds=number),
        )
        for number, file in enumerate(made)
    )
    return [file.pk for file in made]


def due_applications() -> int:
    return Application.objects.due(timezone.now()).count()


@contextmanager
def requests_going_on() -> Iterator[list[int]]:
    """Somebody reads and somebody writes, on threads of their own; the status of each answer."""
    over, answers = threading.Event(), []

    def ask(address: str) -> None:
        client = Client()
        while not over.wait(0.02):
            answers.append(client.get(address).status_code)
        connection.close()

    threads = [threading.Thread(target=ask, args=(address,)) for address in ("/careers/", "/privacy/data/")]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_a_purge_of_files_killed_in_the_middle_is_taken_up_while_requests_go_on(tmp_path):
    """The lock that a hold takes stops the purge between two batches: there it is killed."""
    make_applications(APPLICATIONS, at=timezone.now() - relativedelta(years=6))
    kept = make_applications(20, at=timezone.now() - relativedelta(years=4))
    confirm_that_so_much_goes()
    environment = {
        **os.environ,
        "DATABASE_URL": address_of_the_test_database(),
        "SOFTNLABS_VAR": str(tmp_path),
    }
    with requests_going_on() as answers:
        purges: list[subprocess.Popen[bytes]] = []

        def start() -> None:
            command = [sys.executable, "manage.py", "purge"]
            purges.append(
                subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, start_new_session=True)
            )

        with stopped_between_batches(start, once=lambda: due_applications() < APPLICATIONS):
            kill(*purges)
        wait_for(lambda: not purge.is_running())
        left = due_applications()
        assert 0 < left < APPLICATIONS
        assert StoredFile.objects.count() == left + len(kept)
        with trail.acting("system", "test"):
            safeguard.run(now=timezone.now())
    lines = PurgeLine.objects.filter(holding="recruitment.application").order_by("id")
    assert [(line.count, line.files, line.left) for line in lines] == [
        (APPLICATIONS - left, APPLICATIONS - left, None),
        (left, left, 0),
    ]
    assert due_applications() == 0
    assert {row.cv_id for row in Application.objects.all()} == set(kept)
    assert answers
    assert set(answers) == {200}
    sweep.run(now=timezone.now() + timedelta(hours=2))  # the kill may have come before the disk was told
    assert {path.name for path in settings.FILES_ROOT.rglob("*") if path.is_file()} == {
        key.hex for key in kept
    }


def old_mails() -> int:
    return Mail.objects.filter(to=ALICE).count()


def confirm_that_so_much_goes() -> None:
    with trail.acting("user:1", "test"):
        with pytest.raises(safeguard.PurgeRefusedError) as refused:
            safeguard.run(now=timezone.now())
        safeguard.confirm(refused.value.run, reason="All of it is old", now=timezone.now())


def test_a_worker_killed_in_the_middle_of_a_purge_loses_nothing_and_miscounts_nothing(start_worker):
    fill()
    confirm_that_so_much_goes()
    worker = start_worker()
    start = partial(current_app.send_task, "privacy.retention.tasks.purge")
    with stopped_between_batches(start, once=lambda: old_mails() < MAILS):
        kill(worker)
    wait_for(lambda: not purge.is_running())

    killed = PurgeRun.objects.get()
    left = old_mails()
    assert 0 < left < MAILS
    assert killed.lines.get(holding="privacy.mail").count == MAILS - left
    assert purge.state_of(killed) == PurgeRun.State.INTERRUPTED

    second = start_worker()
    current_app.send_task("privacy.retention.tasks.purge")
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
    actions = AuditEntry.objects.filter(action__startswith="privacy.purge").order_by("id")
    assert list(actions.values_list("action", flat=True)) == [
        "privacy.purge.refused",
        "privacy.purge.confirmed",
        "privacy.purge.interrupted",
        "privacy.purge.completed",
    ]
