"""The people on a list are asked while the worker is killed, and while somebody undoes the list."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from consent.imports import asking, lists
from consent.imports.models import LineState, ListedAddress, ListState, ProspectList
from consent.ledger.models import ConsentEvent
from privacy.audit import trail
from privacy.mail.models import Mail
from tests.consent.imports.files import bring_in, start
from tests.faults.databases import address_of_the_test_database
from tests.faults.workers import wait_for

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
PEOPLE = [f"p{number}@example.org" for number in range(40)]
KILLS = 3


@contextmanager
def worker() -> Iterator[None]:
    environment = {
        **os.environ,
        "DATABASE_URL": address_of_the_test_database(),
        "DJANGO_SETTINGS_MODULE": "softnlabs.settings",
    }
    command = [sys.executable, "-W", "ignore", "-m", "tests.faults.listing_worker"]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment)
    try:
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def wait_until_asked(number: int) -> None:
    wait_for(lambda: Mail.objects.count() >= number)


def test_a_worker_that_is_killed_three_times_asks_each_once() -> None:
    found = bring_in(*PEOPLE, now=timezone.now())
    start(found, now=timezone.now())
    for number in range(1, KILLS + 1):
        with worker():
            wait_until_asked(len(PEOPLE) * number // (KILLS + 1))
            time.sleep(random.random() / 50)  # at any moment of a question
    with worker():
        wait_for(lambda: ProspectList.objects.filter(state=ListState.ASKED).exists())
    assert Counter(Mail.objects.values_list("to", flat=True)) == Counter(PEOPLE)
    assert Counter(ConsentEvent.objects.values_list("email", flat=True)) == Counter(PEOPLE)
    assert set(ListedAddress.objects.values_list("state", flat=True)) == {LineState.ASKED}
    found.refresh_from_db()
    assert (found.lines_asked, found.lines_skipped) == (len(PEOPLE), 0)


def test_a_list_that_is_undone_while_people_are_asked_leaves_no_question() -> None:
    now = timezone.now()
    found = bring_in(*PEOPLE[:40], now=now)
    start(found, now=now)
    failed: list[BaseException] = []

    def ask() -> None:
        try:
            with trail.acting("system", "test"):
                asking.run(now=now)
        except BaseException as error:  # whatever it is, the test says so
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    wait_until_asked(5)
    with trail.acting("user:1", "test"):
        lists.undo(found.pk, now=now)
    thread.join(60)
    assert failed == []
    assert not Mail.objects.exists()
    assert not ListedAddress.objects.exists()
    assert not ConsentEvent.objects.askings().live(now).filter(term__confirm_by__gt=now).exists()
