"""Restriction of use, GDPR article 18: one person's data stay where they are, and are not used until it is lifted.

Meanwhile :func:`~privacy.datamap.usable.usable` leaves them out (staff, recruiters, prospecting), and the purge
spares them. Visits are not concerned: no person is looked up among them.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext

from privacy.audit import trail
from privacy.datamap.models import Restriction
from privacy.datamap.subjects import KEYS, Subject
from privacy.journal import entries
from privacy.journal.entries import JournalEntry
from privacy.web.locks import HOLD


class NoAddressError(ValueError):
    """Without an address there is no pseudonym under which the restriction could be stored."""


def restrict(subject: Subject, *, reason: str, now: datetime) -> Restriction:
    """Take everything about ``subject`` out of use. Raises :class:`NoAddressError`.

    A person whose data are restricted already keeps that restriction; keys that were not known then are added.
    """
    if not subject.emails:
        raise NoAddressError
    with transaction.atomic():
        placed = _place(subject, subject.fingerprints, reason=reason, since=now, now=now)
        entries.note("privacy.restriction.placed", subject.pseudonyms, about=placed.about, now=now)
    return placed


def replay_restriction(entry: JournalEntry, subject: Subject, *, now: datetime) -> int:
    """The same after a restore. A restriction of a person of whom the restored rows know no key has no effect yet.

    :func:`privacy.retention.replay.reattach_restrictions` adds the keys as soon as they are known again.
    """
    reason = gettext("Placed again from the journal after a backup was restored.")
    _place(subject, frozenset({entry.facts["about"]}), reason=reason, since=entry.at, now=now)
    return 0


def attach_keys(placed: Restriction, subject: Subject, *, now: datetime) -> None:
    """The person of ``placed`` is known again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HOLD])
        standing = Restriction.objects.in_force().filter(pk=placed.pk)
        if standing.update(keys=merged_keys(placed.keys, subject)):
            trail.record("privacy.restriction.keys_attached", now=now, obj=placed, about=placed.about)


def _place(
    subject: Subject, fingerprints: frozenset[str], *, reason: str, since: datetime, now: datetime
) -> Restriction:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HOLD])  # no batch of the purge is under way
        standing = Restriction.objects.in_force().filter(about__in=fingerprints).first()
        restriction = standing or Restriction(
            about=min(fingerprints), reason=reason, placed_by=trail.actor(), placed_at=since
        )
        restriction.keys = merged_keys(restriction.keys, subject)
        restriction.save()
        trail.record(
            "privacy.restriction.placed", now=now, obj=restriction, about=restriction.about,
            detail={"again": standing is not None},
        )  # fmt: skip
    return restriction


def lift(restriction: Restriction, *, now: datetime) -> bool:
    """False when it was lifted before. Tell the person first (article 18(3))."""
    with transaction.atomic():
        standing = Restriction.objects.in_force().filter(pk=restriction.pk)
        is_lifted = bool(standing.update(lifted_at=now, keys={}))
        if is_lifted:
            trail.record("privacy.restriction.lifted", now=now, obj=restriction, about=restriction.about)
            entries.note("privacy.restriction.lifted", [restriction.about], now=now)
    return is_lifted


def replay_lift(entry: JournalEntry, subject: Subject, *, now: datetime) -> int:
    """The same after a restore."""
    with transaction.atomic():
        placed = Restriction.objects.in_force().filter(about__in=entry.facts["who"])
        for restriction in placed:
            Restriction.objects.filter(pk=restriction.pk).update(lifted_at=entry.at, keys={})
            trail.record("privacy.restriction.lifted", now=now, obj=restriction, about=restriction.about)
    return 0


def extend_to_addresses(subject: Subject, addresses: Collection[str], *, now: datetime) -> None:
    """Also restrict the rows of a restricted person under the addresses that were corrected in them."""
    with transaction.atomic():
        for each in in_force(subject) if addresses else ():
            each.keys = merged_keys(each.keys, Subject(emails=frozenset(addresses)))
            each.save(update_fields=["keys"])
            trail.record(
                "privacy.restriction.placed", now=now, obj=each, about=each.about, detail={"again": True}
            )


def in_force(subject: Subject) -> list[Restriction]:
    return list(Restriction.objects.in_force().filter(about__in=subject.fingerprints))


def merged_keys(keys: dict[str, list[object]], subject: Subject) -> dict[str, list[object]]:
    """The stored ``keys``, and those of ``subject``."""
    return {
        kind: values
        for kind in KEYS
        if (values := sorted({*keys.get(kind, ()), *map(_plain, subject.keys(kind))}, key=str))
    }


def _plain(value: object) -> object:
    return value if isinstance(value, int) else str(value)
