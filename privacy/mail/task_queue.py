"""How the web tells the worker that there is something to do, without depending on it.

What is to be done is a row in PostgreSQL, and beat sweeps for such rows. A task sent from here only shortens the wait,
so it leaves after commit, gives up within a second, and is not tried again for a while when Redis is away.
"""

import logging
import time
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from celery import Task, current_app
from django.conf import settings
from django.db import transaction
from kombu import Producer, pools
from kombu.exceptions import OperationalError

from privacy.audit import trail
from privacy.journal import entries
from privacy.web import request_ids

PAUSE_SECONDS = 30.0  # in which pages do not try Redis again
REQUEST_ID = "request_id"  # in the headers of a message
SINGLE_TRY = {"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 1}
log = logging.getLogger(__name__)
_paused_until = [0.0]  # by the monotonic clock of this process


class SystemTask(Task):  # type: ignore[type-arg]
    """Base of every task: says in the audit trail that the system acts; rests while a restored backup waits."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task under the id of the request that sent it, or else its own."""
        number = self.request.get(REQUEST_ID) or self.request.id or ""
        with request_ids.working(request_ids.Work(number)):
            return self._run_as_system(*args, **kwargs)

    def _run_as_system(self, *args: Any, **kwargs: Any) -> Any:
        """What a restored database leaves undone, the sweeps find later."""
        if self.name not in settings.WORKS_UNREADY and not entries.is_ready():
            log.error("%s does nothing: this database was restored, run manage.py replay_erasures", self.name)
            return None
        with trail.acting(trail.SYSTEM, f"task:{self.name}"):
            return super().__call__(*args, **kwargs)


def enqueue(task: str, *args: object) -> None:
    """Send ``task`` (its dotted name) once the present transaction is committed."""
    transaction.on_commit(partial(_send, task, args, request_ids.current_id()))


def _send(task: str, args: tuple[object, ...], request_id: str = "") -> None:
    if time.monotonic() < _paused_until[0]:
        return
    try:
        with _single_try_producer() as producer:
            current_app.send_task(task, args=args, headers={REQUEST_ID: request_id}, producer=producer)
    except (OperationalError, OSError) as error:
        _paused_until[0] = time.monotonic() + PAUSE_SECONDS
        log.warning("no wake-up for %s (%s): the sweep will find it", task, type(error).__name__)


def _single_try_producer() -> AbstractContextManager[Producer]:
    """A producer that tries once, for a second: Celery's own would keep a page waiting for five."""
    connection = current_app.connection_for_write(transport_options=SINGLE_TRY)
    producer: AbstractContextManager[Producer] = pools.producers[connection].acquire(block=True, timeout=1)
    return producer
