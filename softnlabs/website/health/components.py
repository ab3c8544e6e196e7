"""Whether each component works, within a few milliseconds.

Database and Redis are asked. Beat and the worker leave a heartbeat: beat when it publishes the tick, the worker when it
runs it. So a fresh heartbeat of one and a stale one of the other tell which is down.
"""

from datetime import datetime, timedelta
from functools import cache

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from privacy.files import room
from privacy.journal import entries
from softnlabs.website.health.models import Heartbeat

# Beat ticks every ten seconds: four missed ticks are an alarm, one is not.
STALE_AFTER = timedelta(seconds=45)
REDIS_SECONDS = 1.0  # monitors expect an answer within a few seconds


def status(*, now: datetime) -> dict[str, bool]:
    return {**_in_database(now), "redis": _redis_answers(), "room": not room.short_folders()}


def _in_database(now: datetime) -> dict[str, bool]:
    found = dict.fromkeys(("database", "migrations", "journal", *Heartbeat.Component.values), False)
    try:
        found["database"] = bool(MigrationRecorder(connection).has_table())
        found["migrations"] = (
            _newest_migrations() <= MigrationRecorder(connection).applied_migrations().keys()
        )
        if found["migrations"]:
            found["journal"] = not entries.is_restored()
            for component, at in Heartbeat.objects.values_list("component", "at"):
                found[component] = now - at < STALE_AFTER
    except DatabaseError:
        return found
    return found


@cache
def _newest_migrations() -> frozenset[tuple[str, str]]:
    """The last migration of each app. Cached, as the code of a running process does not change."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _redis_answers() -> bool:
    try:
        with redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=REDIS_SECONDS, socket_timeout=REDIS_SECONDS
        ) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
