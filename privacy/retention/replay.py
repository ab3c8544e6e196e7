"""After a backup was restored: what was erased and purged since goes again, and who said stop is heard again.

Each app names what does an action of the journal again: ``replays`` in :mod:`privacy.plugins`.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from privacy import plugins
from privacy.audit import trail
from privacy.datamap.models import Restriction
from privacy.datamap.registry import holdings, with_accounts
from privacy.datamap.subjects import KEYS, Subject, pseudonym
from privacy.journal import entries as journal
from privacy.journal.entries import JournalEntry
from privacy.journal.models import JournalMark
from privacy.retention import purge
from privacy.rights import erasure, objection, restriction
from privacy.visits import recording

PURGE = "purge"
FORMER_KINDS = {"receipts": "visitors"}  # in lines from before 30 November 2026
TOGETHER = {PURGE, recording.OPTED_OUT}  # what is replayed at once, and not line by line


class UnknownActionError(LookupError):
    """The journal tells of something that this release cannot do again: a later one wrote it."""


@dataclass
class ReplayResult:
    """How many lines of the journal were replayed, and how many rows were deleted."""

    erasures: int = 0
    purges: int = 0
    others: int = 0
    rows: int = 0


def run(*, now: datetime) -> ReplayResult:
    """Replay, in their order, the actions that this database does not know; the purges come last.

    Call it outside a transaction; it may be repeated. Raises :class:`UnknownActionError` before anything is done.
    """
    entries = journal.unapplied()
    done = ReplayResult()
    purges = [entry for entry in entries if entry.action == PURGE]
    objections = [entry for entry in entries if entry.action == recording.OPTED_OUT]
    others = [(entry, _replay_of(entry.action)) for entry in entries if entry.action not in TOGETHER]
    people = _people({who for entry, _replay in others for who in entry.facts["who"]})
    for entry, replay in others:
        done.rows += replay(entry, _subject(entry, people), now=now)
    done.erasures = sum(replay is erase for _entry, replay in others)
    done.others = len(others) - done.erasures + len(objections)
    # Until November 2026 an erasure took the visits of the person's browsers along.
    if objections := [*objections, *(entry for entry, replay in others if replay is erase)]:
        done.rows += recording.replay_opt_outs(objections, now=now)
    if purges:
        done.purges = len(purges)
        done.rows += purge.replay(_cut_offs(purges), now=now)
    if entries:
        _finish(entries, done, now)
    return done


def erase(entry: JournalEntry, subject: Subject, *, now: datetime) -> int:
    """Erase ``subject`` again; returns how many rows were deleted."""
    outcomes = erasure.replay(subject, kept=set(entry.facts["kept"]), now=now)
    return sum(outcome.rows + outcome.dependants for outcome in outcomes)


def reattach_restrictions(*, now: datetime) -> int:
    """Give restrictions without keys, whose person a restored backup did not know, the keys that are known by now.

    Called each minute; without such a restriction it costs one query.
    """
    unbound = list(Restriction.objects.in_force().filter(keys={}))
    people = _people({each.about for each in unbound}) if unbound else {}
    for placed in unbound:
        if placed.about in people:
            kind, value = people[placed.about]
            subject = with_accounts(Subject(**{kind: frozenset({value})}))
            restriction.attach_keys(placed, subject, now=now)
    return sum(placed.about in people for placed in unbound)


def reattach_objections(*, now: datetime) -> int:
    """The same for objections: those that concern what comes, too."""
    unbound = objection.unbound()
    people = _people({each.about for each in unbound}) if unbound else {}
    for placed in unbound:
        if placed.about in people:
            kind, value = people[placed.about]
            objection.attach_keys(placed, with_accounts(Subject(**{kind: frozenset({value})})), now=now)
    return sum(placed.about in people for placed in unbound)


def _replay_of(action: str) -> plugins.Replay:
    for config in plugins.installed():
        if action in config.replays:
            return config.replays[action]
    raise UnknownActionError(action)


def _finish(entries: list[JournalEntry], done: ReplayResult, now: datetime) -> None:
    with transaction.atomic():
        JournalMark.set(max(entry.number for entry in entries))
        trail.record("privacy.erasure.replayed", now=now, detail=asdict(done))


def _people(wanted: set[str]) -> dict[str, tuple[str, Any]]:
    """Which key is behind each pseudonym, as far as the restored rows know it."""
    named = ((name, kind, value) for kind, value in _keys() for name in (kind, FORMER_KINDS.get(kind, kind)))
    return {who: (kind, value) for name, kind, value in named if (who := pseudonym(name, value)) in wanted}


def _keys() -> Iterable[tuple[str, Any]]:
    for known in holdings():
        for kind, lookup in known.data.subject.items():
            if kind in KEYS:
                values = known.rows().order_by().exclude(**{lookup: None}).values_list(lookup, flat=True)
                yield from ((kind, value) for value in values.distinct().iterator())


def _subject(entry: JournalEntry, people: dict[str, tuple[str, Any]]) -> Subject:
    found: dict[str, set[Any]] = {kind: set() for kind in KEYS}
    for kind, value in (people[who] for who in entry.facts["who"] if who in people):
        found[kind].add(value)
    return Subject(**{kind: frozenset(values) for kind, values in found.items()})


def _cut_offs(purges: list[JournalEntry]) -> dict[str, datetime]:
    """By label of the holding. The last one counts: what was due before is due then."""
    cut_offs: dict[str, datetime] = {}
    for entry in purges:
        cut_off = datetime.fromisoformat(entry.facts["cut_off"])
        label = entry.facts["holding"]
        cut_offs[label] = max(cut_off, cut_offs.get(label, cut_off))
    return cut_offs
