"""Holds: a legal reason to keep one person's data past its period (GDPR article 17(3)), also from erasure."""

import contextlib
from collections.abc import Collection
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext

from privacy.audit import trail
from privacy.datamap.models import Restriction
from privacy.datamap.registry import Holding
from privacy.datamap.subjects import Subject, fingerprint, normalise_email
from privacy.journal import entries
from privacy.journal.entries import JournalEntry
from privacy.rights.models import Hold
from privacy.web import locks


class AlreadyOnHoldError(ValueError):
    """There is a hold on this person."""


def place(*, email: str, reason: str, review_on: date, now: datetime) -> Hold:
    """Keep all that is held under ``email`` until the hold is lifted. Raises ``AlreadyOnHoldError``, ValueError."""
    about = fingerprint(normalise_email(email))
    with transaction.atomic():
        placed = _place(about, reason, review_on, since=now, now=now)
        entries.note("privacy.hold.placed", [about], review_on=str(review_on), now=now)
    return placed


def extend_to_addresses(subject: Subject, addresses: Collection[str], *, now: datetime) -> None:
    """Also hold the rows of a held person under the addresses (normalised) that were corrected in them."""
    for placed in Hold.objects.in_force().filter(about__in=subject.fingerprints) if addresses else ():
        for address in addresses:
            with contextlib.suppress(AlreadyOnHoldError):
                place(email=address, reason=placed.reason, review_on=placed.review_on, now=now)


def replay_hold(entry: JournalEntry, subject: Subject, *, now: datetime) -> int:
    """The same after a restore: a replayed purge spares what the purge before spared."""
    reason = gettext("Placed again from the journal after a backup was restored.")
    with contextlib.suppress(AlreadyOnHoldError):
        review_on = date.fromisoformat(entry.facts["review_on"])
        _place(entry.facts["who"][0], reason, review_on, since=entry.at, now=now)
    return 0


def is_held(email: str) -> bool:
    """Whether there is a hold on this person (address normalised)."""
    return Hold.objects.in_force().filter(about=fingerprint(email)).exists()


def lift(placed: Hold, *, now: datetime) -> None:
    """What is due goes with the next purge."""
    with transaction.atomic():
        if Hold.objects.in_force().filter(pk=placed.pk).update(lifted_at=now):
            trail.record("privacy.hold.lifted", now=now, obj=placed, about=placed.about)
            entries.note("privacy.hold.lifted", [placed.about], now=now)


def replay_lift(entry: JournalEntry, subject: Subject, *, now: datetime) -> int:
    """The same after a restore."""
    with transaction.atomic():
        for placed in Hold.objects.in_force().filter(about__in=entry.facts["who"]):
            Hold.objects.filter(pk=placed.pk).update(lifted_at=entry.at)
            trail.record("privacy.hold.lifted", now=now, obj=placed, about=placed.about)
    return 0


def _place(about: str, reason: str, review_on: date, *, since: datetime, now: datetime) -> Hold:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [locks.HOLD])  # no batch is under way meanwhile
        if Hold.objects.in_force().filter(about=about).exists():
            raise AlreadyOnHoldError
        placed = Hold.objects.create(
            about=about, reason=reason, placed_by=trail.actor(), placed_at=since, review_on=review_on
        )
        trail.record("privacy.hold.placed", now=now, obj=placed, about=about)
    return placed


def protected_keys(holding: Holding, rows: "QuerySet[Model]") -> set[object]:
    """The keys of those ``rows`` that must stay: on hold, or restricted (the person may need them, article 18(1)).

    None of a kind that does not go row by row (visits): of those the purge takes all.
    """
    held: set[object] = set()
    if not holding.data.purged_by.is_by_row:
        return held
    if standing := set(Hold.objects.in_force().values_list("about", flat=True)):
        people = holding.pseudonyms(rows)
        held |= {key for key, pseudonyms in people.items() if pseudonyms & standing}
    restricted = Restriction.objects.in_force().subject()
    if restricted.is_known:
        held |= set(holding.about(restricted, among=rows).values_list("pk", flat=True))
    return held
