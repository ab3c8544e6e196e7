"""Restriction of use, GDPR article 18: one person's data stay where they are, and are not used until it is lifted.

Meanwhile :meth:`~privacy.datamap.Holding.usable` leaves them out (staff, recruiters, prospecting) and the purge
passes them by. Visits are the exception: a day of them goes whole after six months at most, whoever is in it.
"""

from datetime import datetime

from django.db import connection, transaction

from privacy import audit
from privacy.locks import HOLD
from privacy.models import Restriction
from privacy.subjects import KEYS, Subject


class NobodyKnown(ValueError):
    """Without an address there is no pseudonym under which the restriction could stand."""


def restrict(subject: Subject, *, reason: str, now: datetime) -> Restriction:
    """Leave everything about ``subject`` out of use from now on. Raises :class:`NobodyKnown`.

    A person whose data are restricted already keeps that restriction; keys that were not known then are added.
    """
    if not subject.emails:
        raise NobodyKnown
    about = min(subject.fingerprints)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HOLD])  # no batch of the purge is under way
        standing = Restriction.objects.standing().filter(about__in=subject.fingerprints).first()
        restriction = standing or Restriction(about=about, reason=reason, author=audit.actor(), placed_at=now)
        restriction.keys = _together(restriction.keys, subject)
        restriction.save()
        audit.record(
            "privacy.restriction.placed", now=now, obj=restriction, about=restriction.about,
            detail={"again": standing is not None},
        )  # fmt: skip
    return restriction


def unrestrict(restriction: Restriction, *, now: datetime) -> bool:
    """Let the data be used again; false when it was lifted before. Tell the person first (article 18(3))."""
    with transaction.atomic():
        standing = Restriction.objects.standing().filter(pk=restriction.pk)
        is_lifted = bool(standing.update(lifted_at=now, keys={}))
        if is_lifted:
            audit.record("privacy.restriction.lifted", now=now, obj=restriction, about=restriction.about)
    return is_lifted


def standing(subject: Subject) -> list[Restriction]:
    """The restrictions on ``subject`` that stand."""
    return list(Restriction.objects.standing().filter(about__in=subject.fingerprints))


def _together(keys: dict[str, list[object]], subject: Subject) -> dict[str, list[object]]:
    return {
        kind: values
        for kind in KEYS
        if (values := sorted({*keys.get(kind, ()), *map(_plain, subject.keys(kind))}, key=str))
    }


def _plain(value: object) -> object:
    return value if isinstance(value, int) else str(value)
