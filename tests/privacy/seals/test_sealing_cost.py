"""Sealing takes of the processor what its rows need, however many were sealed before and whatever PostgreSQL knows."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from privacy.audit.models import AuditEntry
from privacy.seals import merkle, sealing
from privacy.seals.models import Seal, SealedRow
from tests.privacy.seals.ledger_rows import faults

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("acting")]
MANY = 300
WRITE = """
INSERT INTO privacy_auditentry (at, actor, source, action, kind, key, about, detail)
SELECT %s, 'user:1', 'test', 'test.done', '', '', '', '{}' FROM generate_series(1, %s)
"""
OPTIONS = "SELECT relname, reloptions FROM pg_class WHERE relname = ANY (%s)"


def write(count: int, *arguments: object) -> None:
    """Entries, all in one transaction."""
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [*arguments, count])


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each step of a plan."""
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def looked_at(plan: dict[str, Any]) -> float:
    """How many rows all of its steps took in hand."""
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter")
    return sum(sum(node.get(name, 0) for name in names) * node["Actual Loops"] for node in nodes(plan))


def test_a_new_row_is_not_compared_with_each_that_is_sealed(now):
    write(MANY, now)
    last = sealing.seal(now=now)
    assert last is not None
    write(MANY, now)
    made = Seal(number=2, rows=0, upto=sealing.position()[1])
    question = sealing._insert(AuditEntry, is_windowed=True)
    with connection.cursor() as cursor:
        arguments = sealing._arguments(made, "privacy.auditentry", last.upto)
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {question}", arguments)
        (found,) = cursor.fetchone()
    (told,) = json.loads(found) if isinstance(found, str) else found
    assert SealedRow.objects.filter(seal_id=2).count() == MANY
    assert looked_at(told["Plan"]) < 20 * MANY


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 8])
def test_hashes_fetched_in_pieces_make_the_same_root(now, monkeypatch, piece):
    monkeypatch.setattr(sealing, "PIECE", piece)
    write(7, now)
    made = sealing.seal(now=now)
    assert made is not None
    leaves = list(made.leaves.order_by("position").values_list("leaf", flat=True))
    assert (made.rows, len(leaves)) == (7, 7)
    assert made.root == merkle.root(map(bytes, leaves)).hex()
    assert faults() == []


def test_the_tail_of_each_ledger_is_summarised_as_it_grows():
    wanted = {f"{model._meta.db_table}_by_xid" for model in sealing.ledgers()}
    with connection.cursor() as cursor:
        cursor.execute(OPTIONS, [sorted(wanted)])
        found = {name for name, options in cursor.fetchall() if "autosummarize=on" in options}
    assert found == wanted
