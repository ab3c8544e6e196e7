"""Whoever takes visits in, and whoever they are given to, is killed again and again; each visit is in the table, once.

The whole site, with one part after the other killed while visitors come, is in ``tests/test_serve.py``.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psutil
import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from privacy.visits import recording
from privacy.visits.counting_models import DrainedSegment
from privacy.visits.models import Visit
from softnlabs.local import embedded
from tests.site import open_folder

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
KILLS, VISITS_A_ROUND = 8, 400
DRAINER = """
import time
import django
django.setup()
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from privacy.visits import recording
print("ready", flush=True)
while True:
    try:
        recording.drain(now=timezone.now())
    except (InterfaceError, OperationalError):  # as a worker would: the next one comes
        connection.close()
        time.sleep(0.02)
"""


def environment(var: Path, database_url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "SOFTNLABS_VAR": str(var),
        "DJANGO_SETTINGS_MODULE": "softnlabs.settings",
    }


def start_drainer(var: Path, database_url: str = "") -> "subprocess.Popen[bytes]":
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    drainer = subprocess.Popen(
        [sys.executable, "-c", DRAINER],
        cwd=settings.BASE_DIR,
        env=environment(var, database_url or urlunsplit(address)),
        stdout=subprocess.PIPE,
    )
    assert drainer.stdout is not None
    assert drainer.stdout.readline() == b"ready\n"
    return drainer


def write(count: int) -> set[str]:
    visitors = {str(uuid4()) for _visit in range(count)}
    for visitor in visitors:
        columns = (timezone.now().isoformat(), uuid4().int >> 65, visitor, r"\N", "/", "", "en")
        recording.spool().append("\t".join(map(str, columns)).encode())
    return visitors


def test_a_drain_killed_anywhere_neither_loses_nor_doubles_a_visit(tmp_path):
    recording.prepare_partitions(now=timezone.now())
    written: set[str] = set()
    chance = random.Random(20261123)
    for _kill in range(KILLS):
        drainer = start_drainer(tmp_path)
        end = time.monotonic() + chance.uniform(0.01, 0.15)
        while time.monotonic() < end:
            written |= write(VISITS_A_ROUND // 10)
        drainer.send_signal(signal.SIGKILL)
        drainer.communicate()
    recording.drain(now=timezone.now())
    found = list(map(str, Visit.objects.values_list("visitor", flat=True)))
    assert len(found) == len(set(found))
    assert set(found) == written
    assert recording.spool().segments() == []
    assert not DrainedSegment.objects.exists()


@pytest.fixture
def own_database() -> Iterator[embedded.Servers]:
    """A PostgreSQL that nobody else needs, as a site has it: it answers once the disk has the data."""
    with open_folder() as folder:
        servers = embedded.start(folder, names=(embedded.POSTGRES,))
        try:
            command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
            own = environment(folder, embedded.database_url(folder))
            own["DATABASE_OWNER_URL"] = embedded.owner_url(folder)
            subprocess.run(command, cwd=settings.BASE_DIR, env=own, check=True)
            yield servers
        finally:
            servers.stop()


def kill_postgres(servers: embedded.Servers) -> None:
    """The postmaster and every backend, at once."""
    postmaster = psutil.Process(servers.running[embedded.POSTGRES].pid)
    for process in (postmaster, *postmaster.children(recursive=True)):
        process.kill()
    servers.running[embedded.POSTGRES].wait()


def test_a_postgresql_killed_anywhere_neither_loses_nor_doubles_a_visit(tmp_path, own_database):
    address = embedded.database_url(own_database.var)
    drainer = start_drainer(tmp_path, address)
    written: set[str] = set()
    chance = random.Random(23112026)
    for _kill in range(3):
        end = time.monotonic() + chance.uniform(0.1, 0.4)
        while time.monotonic() < end:
            written |= write(VISITS_A_ROUND // 10)
        kill_postgres(own_database)
        written |= write(VISITS_A_ROUND)  # it is away, and the visits wait
        own_database.start()
    recording.spool().close()
    end = time.monotonic() + 60
    while recording.spool().segments():
        assert drainer.poll() is None
        assert time.monotonic() < end, "the spool was not emptied in time"
        time.sleep(0.02)
    drainer.kill()
    drainer.communicate()
    with closing(psycopg2.connect(address)) as own, own.cursor() as cursor:
        cursor.execute("SELECT visitor::text FROM privacy_visit")
        found = [visitor for (visitor,) in cursor.fetchall()]
    assert len(found) == len(set(found))
    assert set(found) == written
