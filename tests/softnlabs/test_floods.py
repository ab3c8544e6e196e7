"""Many requests for what is not there: they leave little in the database, in memory, on the disk and in the log."""

import gc
import logging
import tracemalloc
import weakref
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.dispatch import dispatcher
from django.test import Client
from django.test import client as test_client

from privacy.security import events
from softnlabs import logs

pytestmark = pytest.mark.django_db
# Where a part of the address is anybody's choice, also that of a program which looks for flaws.
PATHS = (
    "/{}/",
    "/fr/{}/",
    "/careers/{}/",
    "/admin/{}/",
    "/admin/website/user/{}/change/",
    "/static/{}.js",
    "/privacy/{}/",
    "/account/password/link/{}/",
    "/privacy/requests/{}/",
    "/wp-login.php?{}",
    "/{}%0d%0a",
    "/?{}=1",
)
ROUNDS = 60


@pytest.fixture
def stream() -> Iterator[StringIO]:
    written, root = StringIO(), logging.getLogger()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.formatter("json"))
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


@pytest.fixture(autouse=True)
def _new_hour(monkeypatch) -> None:
    monkeypatch.setattr(events, "intake", events.Intake())


def flood(begin: int, rounds: int) -> int:
    """Each address is another one, and each network too."""
    sent = 0
    for number in range(begin, begin + rounds):
        client = Client(REMOTE_ADDR=f"198.18.{number // 250}.{number % 250}", raise_request_exception=False)
        for path in PATHS:
            assert client.get(path.format(f"x{number}" * 20)).status_code < 500
            sent += 1
    return sent


def rows() -> int:
    return sum(model._base_manager.count() for model in apps.get_models() if model._meta.managed)


def bytes_on_disk(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


# The client of the tests connects two receivers for each request.
OF_TESTS = [
    tracemalloc.Filter(inclusive=False, filename_pattern=module.__file__)
    for module in (weakref, dispatcher, test_client)
]


def kept() -> int:
    gc.collect()
    return sum(
        each.size for each in tracemalloc.take_snapshot().filter_traces(OF_TESTS).statistics("filename")
    )


def test_it_leaves_few_rows_and_few_bytes(stream: StringIO, monkeypatch, tmp_path):
    monkeypatch.setattr(events, "MOST", 20)
    flood(0, 2)
    before, on_disk = rows(), bytes_on_disk(tmp_path)
    stream.truncate(0)
    sent = flood(10, ROUNDS)
    assert rows() - before < 20 + 12, "those that are stored, and the powers of two of those that are counted"
    assert len(stream.getvalue()) / sent < 350
    assert bytes_on_disk(tmp_path) - on_disk < 300 * sent


def test_it_takes_no_memory_that_stays(monkeypatch):
    monkeypatch.setattr(
        logging.getLogger(), "handlers", []
    )  # of the tests: they keep each line with its request
    flood(0, 10)
    gc.collect()
    tracemalloc.start()
    flood(1000, 10)
    once = kept()
    sent = flood(2000, ROUNDS)
    grown = kept() - once
    tracemalloc.stop()
    assert grown / sent < 1_000, "less than what one address takes"
