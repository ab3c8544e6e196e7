"""What a saboteur may use."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from privacy.datamap import registry
from privacy.seals import sealing
from tests import holdings as made
from tests import roles


@dataclass
class Stage:
    """What a saboteur may use."""

    now: datetime
    monkeypatch: pytest.MonkeyPatch
    settings: Any

    def person(self) -> made.SamplePerson:
        """Somebody about whom a row can be."""
        return made.person("alice", self.now)

    def declare(self, model: Any, **changes: Any) -> None:
        """Let ``model`` say something else of the people in it."""
        self.monkeypatch.setattr(model, "personal_data", replace(model.personal_data, **changes))
        registry.holdings.cache_clear()

    def seal(self) -> None:
        """A seal takes what transactions wrote that are over; this one is not, so the seal is told that it is."""
        cluster, _upto = sealing.position()
        self.monkeypatch.setattr(sealing, "position", lambda: (cluster, 2**40))
        assert sealing.seal(now=self.now) is not None


Saboteur = Callable[[Stage], None]


def tamper(table: str, statement: str, *arguments: object) -> None:
    """Change a ledger as the owner of the database could."""
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, arguments)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_rows")
