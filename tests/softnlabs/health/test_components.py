"""/health/ answers at once, and says which part is down."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from softnlabs.website.health.models import Heartbeat
from softnlabs.website.health.tasks import beat_published_tick, tick, worker_started
from tests import roles

COMPONENTS = ("database", "migrations", "journal", "worker", "beat", "redis", "room")


@pytest.fixture
def all_at_work(db) -> None:
    for component in Heartbeat.Component.values:
        Heartbeat.record(component, now=timezone.now())


def down(client: Client) -> set[str]:
    response = client.get("/health/")
    facts = response.json()
    assert set(facts["parts"]) == set(COMPONENTS)
    missing = {component for component, state in facts["parts"].items() if state == "down"}
    assert response.status_code == (503 if missing else 200)
    assert facts["status"] == ("down" if missing else "up")
    return missing


def test_all_at_work(client: Client, all_at_work: None) -> None:
    assert down(client) == set()


def test_nothing_is_cached_and_nothing_is_set(client: Client, all_at_work: None) -> None:
    response = client.get("/health/")
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


@pytest.mark.parametrize("component", ["worker", "beat"])
def test_a_process_that_fell_silent(client: Client, all_at_work: None, component: str) -> None:
    Heartbeat.record(component, now=timezone.now() - timedelta(seconds=46))
    assert down(client) == {component}


def test_before_the_first_tick(client: Client, db) -> None:
    assert down(client) == {"worker", "beat"}


def test_redis_refuses(client: Client, all_at_work: None, settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert down(client) == {"redis"}


def test_a_disk_is_nearly_full(client: Client, all_at_work: None, settings) -> None:
    settings.DISK_FREE_BYTES = 2**60
    assert down(client) == {"room"}


def test_a_migration_is_missing(client: Client, all_at_work: None) -> None:
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'website'")
    assert down(client) == {"migrations", "journal", "worker", "beat"}


def test_the_database_refuses(client: Client, all_at_work: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "ensure_connection", refuse)
        missing = down(client)
    assert missing == {"database", "migrations", "journal", "worker", "beat"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("sign", "component"), [(beat_published_tick, "beat"), (tick, "worker"), (worker_started, "worker")]
)
def test_each_sign_of_life_is_left_by_its_own_part(sign: Callable[[], None], component: str) -> None:
    sign()
    assert set(Heartbeat.objects.values_list("component", flat=True)) == {component}
