"""A worker is killed in the middle of a purge; the next run finishes it, and the counts are true."""

import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

import psutil
import pytest
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
from recruitment.applications.models import Application
from tests.conftest import ALICE, BOB
from tests.faults.databases import address_of_the_test_database
from tests.faults.workers import kill, stopped_between_batches, wait_for

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
MAILS, FILES, APPLICATIONS = 2_000, 30, 300


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


def test_a_purge_whose_pool_child_is_killed_is_run_again_by_the_same_worker(start_worker):
    """By default Celery takes a task as done when its child dies; nobody sends it a second time here."""
    fill()
    confirm_that_so_much_goes()
    worker = start_worker()
    start = partial(current_app.send_task, "privacy.retention.tasks.purge")
    with stopped_between_batches(start, once=lambda: old_mails() < MAILS):
        (child,) = psutil.Process(worker.pid).children()
        child.kill()
    wait_for(lambda: PurgeRun.objects.filter(state=PurgeRun.State.FINISHED).exists())
    assert worker.poll() is None
    assert old_mails() == 0
    assert Mail.objects.filter(to=BOB).exists()
    lines = PurgeLine.objects.filter(holding="privacy.mail").order_by("id")
    assert sum(line.count for line in lines) == MAILS
    assert PurgeRun.objects.filter(state=PurgeRun.State.INTERRUPTED).count() == 1
