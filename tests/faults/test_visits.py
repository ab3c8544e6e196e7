"""Whoever takes visits in is killed again and again; each visit is in the table, once."""

import os
import random
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from privacy import navigation
from privacy.models import DrainedSegment, Visit

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
KILLS, VISITS_A_ROUND = 12, 400
DRAINER = """
import django
django.setup()
from django.utils import timezone
from privacy import navigation
print("ready", flush=True)
while True:
    navigation.drain(now=timezone.now())
"""


def start_drainer(var) -> "subprocess.Popen[bytes]":
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = {
        **os.environ,
        "DATABASE_URL": urlunsplit(address),
        "SOFTNLABS_VAR": str(var),
        "DJANGO_SETTINGS_MODULE": "softnlabs.settings",
    }
    drainer = subprocess.Popen(
        [sys.executable, "-c", DRAINER], cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE
    )
    assert drainer.stdout is not None
    assert drainer.stdout.readline() == b"ready\n"
    return drainer


def write(count: int) -> set[str]:
    visitors = {str(uuid4()) for _visit in range(count)}
    for visitor in visitors:
        columns = (timezone.now().isoformat(), uuid4().int >> 65, visitor, r"\N", "/", "", "en")
        navigation.spool().append("\t".join(map(str, columns)).encode())
    return visitors


def test_a_drain_killed_anywhere_neither_loses_nor_doubles_a_visit(tmp_path):
    navigation.prepare_partitions(now=timezone.now())
    written: set[str] = set()
    chance = random.Random(20261123)
    for _kill in range(KILLS):
        drainer = start_drainer(tmp_path)
        end = time.monotonic() + chance.uniform(0.01, 0.15)
        while time.monotonic() < end:
            written |= write(VISITS_A_ROUND // 10)
        drainer.send_signal(signal.SIGKILL)
        drainer.communicate()
    navigation.drain(now=timezone.now())
    found = list(map(str, Visit.objects.values_list("visitor", flat=True)))
    assert len(found) == len(set(found))
    assert set(found) == written
    assert navigation.spool().segments() == []
    assert not DrainedSegment.objects.exists()
