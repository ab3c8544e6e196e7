"""After a backup was restored: what had been erased and purged since goes again, from the journal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from privacy import audit, erasure, journal, retention
from privacy.datamap import holdings
from privacy.journal import Entry
from privacy.models import JournalMark
from privacy.subjects import KEYS, Subject, pseudonym


@dataclass
class Replayed:
    """How many lines of the journal were replayed, and what went."""

    erasures: int = 0
    purges: int = 0
    rows: int = 0


def replay(*, now: datetime) -> Replayed:
    """Erase and purge again what this database brought back. Call it outside a transaction; it may be repeated."""
    entries = journal.behind()
    done = Replayed()
    erasures = [entry for entry in entries if entry.deed == "erasure"]
    people = _people({who for entry in erasures for who in entry.facts["who"]})
    for entry in erasures:
        subject = _subject(entry, people)
        outcomes = erasure.erase_again(subject, kept=set(entry.facts["kept"]), now=now)
        done.erasures += 1
        done.rows += sum(outcome.rows + outcome.dependants for outcome in outcomes)
    purges = [entry for entry in entries if entry.deed == "purge"]
    if purges:
        done.purges = len(purges)
        done.rows += retention.purge_again(_cut_offs(purges), now=now)
    if entries:
        _finish(entries, done, now)
    return done


def _finish(entries: list[Entry], done: Replayed, now: datetime) -> None:
    with transaction.atomic():
        JournalMark.set(max(entry.number for entry in entries))
        detail = {"erasures": done.erasures, "purges": done.purges, "rows": done.rows}
        audit.record("privacy.erasure.replayed", now=now, detail=detail)


def _people(wanted: set[str]) -> dict[str, tuple[str, Any]]:
    """Which key stands behind each pseudonym, as far as the restored rows know it."""
    return {who: (kind, value) for kind, value in _keys() if (who := pseudonym(kind, value)) in wanted}


def _keys() -> Iterable[tuple[str, Any]]:
    for known in holdings():
        for kind, lookup in known.data.subject.items():
            if kind in KEYS:
                values = known.rows().order_by().exclude(**{lookup: None}).values_list(lookup, flat=True)
                yield from ((kind, value) for value in values.distinct().iterator())


def _subject(entry: Entry, people: dict[str, tuple[str, Any]]) -> Subject:
    found: dict[str, set[Any]] = {kind: set() for kind in KEYS}
    for kind, value in (people[who] for who in entry.facts["who"] if who in people):
        found[kind].add(value)
    return Subject(**{kind: frozenset(values) for kind, values in found.items()})


def _cut_offs(purges: list[Entry]) -> dict[str, datetime]:
    """The last one counts: what was due before is due then."""
    cut_offs: dict[str, datetime] = {}
    for entry in purges:
        cut_off = datetime.fromisoformat(entry.facts["cut_off"])
        label = entry.facts["holding"]
        cut_offs[label] = max(cut_off, cut_offs.get(label, cut_off))
    return cut_offs
