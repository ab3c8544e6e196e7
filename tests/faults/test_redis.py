"""Redis refuses, says nothing, or is full: a form is accepted all the same, at once, and the sweep does the rest."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import redis
from celery import current_app
from django.test import Client
from kombu import pools

from privacy.mail import task_queue
from privacy.mail.models import Mail
from softnlabs.website.enquiries.models import Enquiry
from tests.conftest import ALICE
from tests.faults.workers import wait_for

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
FIELDS = {"first_name": "Alice", "surname": "Lasserre", "email": ALICE, "message": "A question of mine"}


@pytest.fixture(autouse=True)
def _asks_redis_at_once(monkeypatch) -> None:
    monkeypatch.setattr(task_queue, "_paused_until", [0.0])


@contextmanager
def broker_at(address: str) -> Iterator[None]:
    """Celery's application writes to the Redis at ``address``."""
    before = current_app.conf.broker_url
    _connect_to(address)
    try:
        yield
    finally:
        _connect_to(before)


def _connect_to(address: str) -> None:
    """Also where an earlier test has sent a task: Celery keeps its connections and the producers that use them."""
    current_app.conf.broker_url = address
    pools.reset()
    current_app._pool = current_app.amqp._producer_pool = None


@contextmanager
def refusing() -> Iterator[None]:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with broker_at(f"redis://127.0.0.1:{closed.getsockname()[1]}/0"):
            yield


@contextmanager
def silent() -> Iterator[None]:
    """It takes the connection, and never answers."""
    with (
        socket.create_server(("127.0.0.1", 0)) as deaf,
        broker_at(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"),
    ):
        yield


@contextmanager
def full() -> Iterator[None]:
    with redis.from_url(os.environ["REDIS_URL"]) as server:
        server.config_set("maxmemory", "1")
        try:
            yield
        finally:
            server.config_set("maxmemory", "0")


@pytest.mark.parametrize("fault", [refusing, silent, full])
def test_a_form_is_accepted_at_once_and_its_mail_leaves_later(fault: Callable[[], object], start_worker):
    started = time.monotonic()
    with fault():
        response = Client().post("/contact/", FIELDS)
    assert response.status_code == 302
    assert Enquiry.objects.get().email == ALICE
    assert task_queue._paused_until[0] > started  # it was asked, and the next page does not wait for it again
    assert Mail.objects.get(to=ALICE).sent_at is None
    start_worker()
    current_app.send_task(current_app.conf.beat_schedule["mail"]["task"])
    wait_for(lambda: Mail.objects.get(to=ALICE).sent_at is not None)
