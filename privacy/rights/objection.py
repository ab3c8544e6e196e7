"""Objection to a use of one's data, GDPR article 21(1): what rests on our legitimate interest is used no more.

An objection names one kind of record, or its archive alone. What is held of that kind about the person is erased
(article 17(1)(c)), but for what a hold, a restriction or a record that stays needs: that is only stored, and
:func:`~privacy.datamap.usable.usable` leaves it out. The objection stands until the person asks to end it. Records of
that kind that come later are out of use as they come, and deleted by :func:`carry_out`; where people give such records
by an act of their own (``given_at`` in the declaration), those they give later are not concerned: who writes to us
again wants an answer.

Where the archive alone is objected to, the rows stay in use until the end of their active phase, and are deleted then;
those that are in the archive go at once.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext

from privacy.audit import trail
from privacy.audit.ledger import OBJECTED, Certificate
from privacy.datamap import objectable
from privacy.datamap.models import Objection, Restriction
from privacy.datamap.objectable import Use
from privacy.datamap.periods import expires_expression
from privacy.datamap.subjects import Subject
from privacy.journal import entries
from privacy.journal.entries import JournalEntry
from privacy.rights import erasure, holds
from privacy.rights.models import Hold
from privacy.rights.restriction import NoAddressError, merged_keys
from privacy.web.locks import HOLD

IN_TIME = timedelta(hours=1)  # from the end of a hold or a restriction until what it kept is deleted


class NotObjectableError(ValueError):
    """The use of this kind of record cannot be stopped for one person: its declaration says why."""


def concerning(subject: Subject, *, now: datetime) -> list[Use]:
    """The uses of records about ``subject`` that rest on our legitimate interest, not objectable ones too."""
    return [
        use
        for use in objectable.uses()
        if use.rests_on_interest and _concerned(use, subject, now=now).exists()
    ]


def object_to(
    subject: Subject, kinds: Collection[str], *, reference: str = "", reason: str = "", now: datetime
) -> list[Objection]:
    """Stop the use of these ``kinds`` of record (labels of uses) about ``subject``, in one transaction.

    Raises :class:`NoAddressError` and :class:`NotObjectableError`.
    """
    if not subject.emails:
        raise NoAddressError
    about = min(subject.fingerprints)
    with transaction.atomic():
        placed = []
        for label in sorted(kinds):
            made = Objection(about=about, holding=label, reference=reference, reason=reason, objected_at=now)
            placed.append(_place(made, subject, now=now))
            entries.note(
                "privacy.objection.placed", subject.pseudonyms, about=about, holding=label, now=now,
                reference=reference,
            )  # fmt: skip
    return placed


def replay_objection(entry: JournalEntry, subject: Subject, *, now: datetime) -> int:
    """The same after a restore: what is there again is deleted again, and what stays is out of use."""
    facts = {name: entry.facts[name] for name in ("about", "holding", "reference")}
    reason = gettext("Placed again from the journal after a backup was restored.")
    _place(Objection(**facts, reason=reason, objected_at=entry.at), subject, now=now)
    return 0


def carry_out(*, now: datetime) -> None:
    """Delete what is objected to and may go by now. Called by the clock; each objection in its own transaction."""
    for each in Objection.objects.in_force().exclude(keys={}):
        with transaction.atomic():
            _lock()
            _stop(each, now=now)


def end(objection: Objection, *, now: datetime) -> bool:
    """Only when the person asks. False when it was ended before."""
    with transaction.atomic():
        ended = bool(Objection.objects.in_force().filter(pk=objection.pk).update(ended_at=now, keys={}))
        if ended:
            _resume_archive(objection)
            trail.record("privacy.objection.ended", now=now, obj=objection, about=objection.about)
            at = objection.objected_at.isoformat()
            entries.note(
                "privacy.objection.ended",
                [objection.about],
                holding=objection.holding,
                objected_at=at,
                now=now,
            )
    return ended


def replay_end(entry: JournalEntry, subject: Subject, *, now: datetime) -> int:
    """The same after a restore."""
    named = {"holding": entry.facts["holding"], "objected_at": entry.facts["objected_at"]}
    for each in Objection.objects.in_force().filter(about__in=entry.facts["who"], **named):
        Objection.objects.filter(pk=each.pk).update(ended_at=entry.at, keys={})
        _resume_archive(each)
        trail.record("privacy.objection.ended", now=now, obj=each, about=each.about)
    return 0


def extend_to_addresses(subject: Subject, addresses: Collection[str], *, now: datetime) -> None:
    """What stays of an objection is found under the addresses, too, that were corrected in it."""
    found = Objection.objects.in_force().filter(about__in=subject.fingerprints).exclude(keys={})
    for each in found if addresses else ():
        attach_keys(each, Subject(emails=frozenset(addresses)), now=now)


def unbound() -> list[Objection]:
    """Those that concern what comes, too, and whose person is not known any more."""
    found = Objection.objects.in_force().filter(keys={})
    return [each for each in found if _concerns_what_comes(each)]


def attach_keys(placed: Objection, subject: Subject, *, now: datetime) -> None:
    placed.keys = merged_keys(placed.keys, subject)
    placed.save(update_fields=["keys"])
    trail.record("privacy.objection.keys_attached", now=now, obj=placed, about=placed.about)


def of_request(reference: str) -> list[Objection]:
    """In force, by the reference of the request that they were granted to."""
    return list(Objection.objects.in_force().filter(reference=reference)) if reference else []


def left_behind(*, now: datetime) -> int:
    """How many records are still stored although their use was objected to and nothing needs them any more.

    What a hold or a restriction kept until a moment ago does not count yet.
    """
    recently = now - IN_TIME
    released = {
        *Hold.objects.filter(lifted_at__gt=recently).values_list("about", flat=True),
        *Restriction.objects.filter(lifted_at__gt=recently).values_list("about", flat=True),
    }
    standing = Objection.objects.in_force().exclude(keys={}).exclude(about__in=released)
    return sum(len(_unneeded(each, ended_by=recently)) for each in standing)


def _place(objection: Objection, subject: Subject, *, now: datetime) -> Objection:
    if objection.use is None or not objection.use.is_objectable:
        raise NotObjectableError(objection.holding)
    _lock()
    objection.keys, objection.placed_by = merged_keys({}, subject), trail.actor()
    objection.save()
    trail.record(
        "privacy.objection.placed", now=now, obj=objection, about=objection.about,
        detail={"holding": objection.holding},
    )  # fmt: skip
    _stop(objection, now=now)
    return objection


def _stop(objection: Objection, *, now: datetime) -> None:
    """Delete what nothing needs. Keys that cannot find anything any more go, too."""
    _end_archive(objection, now=now)
    use, keys = objection.use, _unneeded(objection, ended_by=now)
    if use and keys:
        number = trail.next_number()
        gone = erasure.delete_each(use.known, keys, certificate=Certificate("erasure", number))
        trail.record(
            OBJECTED, now=now, obj=objection, about=objection.about, number=number,
            detail={"holding": use.label, "rows": gone.rows, "needed": len(gone.needed)},
        )  # fmt: skip
    if not _concerns_what_comes(objection) and not objection.rows().exists():
        objection.keys = {}
        objection.save(update_fields=["keys"])


def _end_archive(objection: Objection, *, now: datetime) -> None:
    """Store in each row that it ends with its active phase, or now where that is over."""
    if (use := objection.use) and use.is_archive:
        keep = use.known.data.keep
        assert keep.active
        ends = Greatest(expires_expression(keep.since, keep.active), Value(now))
        objection.rows().filter(_has_no_end(use)).update(**{keep.until: ends})


def _resume_archive(objection: Objection) -> None:
    """What is still stored has its whole period again, unless another objection stands."""
    same = {"holding": objection.holding, "about": objection.about}
    if (use := objection.use) and use.is_archive and not Objection.objects.in_force().filter(**same).exists():
        objection.rows().update(**{use.known.data.keep.until: None})


def _unneeded(objection: Objection, *, ended_by: datetime) -> set[object]:
    """What is to be deleted. Of an archive: what is past its active phase at ``ended_by``, or has no such end yet."""
    use, rows = objection.use, objection.rows()
    if use and use.is_archive:
        rows = rows.filter(_has_no_end(use) | Q(**{f"{use.known.data.keep.until}__lte": ended_by}))
    keys = set(rows.values_list("pk", flat=True))
    return keys - holds.protected_keys(use.known, rows) if use and keys else set()


def _concerned(use: Use, subject: Subject, *, now: datetime) -> QuerySet[Model]:
    """The live rows that an objection to the use would stop: an archive may have been objected to before."""
    rows = use.known.live(now, among=use.known.about(subject))
    return rows.filter(_has_no_end(use)) if use.is_archive and use.is_objectable else rows


def _has_no_end(use: Use) -> Q:
    return Q(**{f"{use.known.data.keep.until}__isnull": True})


def _concerns_what_comes(objection: Objection) -> bool:
    return objection.use is not None and not objection.use.known.data.given_at


def _lock() -> None:
    """No batch of the purge is under way, and no hold or restriction is being placed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HOLD])
