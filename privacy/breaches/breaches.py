"""What is done about a breach: notifying the authority, telling persons, closing the file (GDPR articles 33 and 34)."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from django.db import transaction

from privacy.audit import trail
from privacy.breaches import clock
from privacy.breaches.models import Breach, BreachNotice, BreachNotification, Means, Risk
from privacy.mail import outbox
from privacy.mail.models import Mail
from privacy.recipients.notices import Addressee


class Need(Enum):
    """What an open file still lacks."""

    ASSESS = "assess"
    NOTIFY = "notify"
    COMPLETE = "complete"
    TELL = "tell"


class ClosedError(Exception):
    """The file is closed: reopen it first."""


class NotDoneError(Exception):
    """Something is still to be done before the file can be closed."""


class SendingDateError(ValueError):
    """A notice is not sent before we were aware, nor in the future."""


class MissingReasonsError(ValueError):
    """A late notice says why it is late (GDPR article 33(1))."""


class NotWaitingError(Exception):
    """This person was told already."""


@dataclass(frozen=True)
class SentNotification:
    """A notice as it went to the authority."""

    sent_at: datetime
    is_complete: bool
    text: str
    number: str = ""
    delay_reasons: str = ""


@dataclass(frozen=True)
class TellResult:
    """How many are told now, and how many were before."""

    written: int
    known: int


def needs(breach: Breach) -> list[Need]:
    return list(_needs(breach))


def _needs(breach: Breach) -> Iterator[Need]:
    notices = list(breach.notifications.all())
    if breach.risk == Risk.UNKNOWN:
        yield Need.ASSESS
    if breach.risk != Risk.NONE and not notices:
        yield Need.NOTIFY
    if notices and not any(each.is_complete for each in notices):
        yield Need.COMPLETE
    if Breach.objects.filter(pk=breach.pk).untold().exists():
        yield Need.TELL


def note_notification(breach_id: int, *, sent: SentNotification, now: datetime) -> BreachNotification:
    """Write down that the authority was notified, with the words that were sent.

    Raises :class:`ClosedError`, :class:`SendingDateError` and :class:`MissingReasonsError`.
    """
    with transaction.atomic():
        breach = _locked_open(breach_id)
        if not breach.aware_at <= sent.sent_at <= now:
            raise SendingDateError
        is_first = not breach.notifications.exists()
        if is_first and clock.is_late(breach.aware_at, sent.sent_at) and not sent.delay_reasons.strip():
            raise MissingReasonsError
        noted = BreachNotification.objects.create(
            breach=breach, recorded_at=now, recorded_by=trail.actor(), **vars(sent)
        )
        digest = hashlib.sha256(sent.text.encode()).hexdigest()
        trail.record(
            "privacy.breach.authority_notified",
            now=now,
            obj=breach,
            detail={"sha256": digest, "is_complete": sent.is_complete},
        )
    return noted


def tell(
    breach_id: int, *, people: Sequence[Addressee], language: str, text: str, now: datetime
) -> TellResult:
    """Write to each of `people` who was not told of this breach yet. Raises :class:`ClosedError`."""
    with transaction.atomic():
        breach = _locked_open(breach_id)
        by_pseudonym = {each.pseudonym(): each for each in people}
        known = set(breach.notices.filter(about__in=by_pseudonym).values_list("about", flat=True))
        for about, person in by_pseudonym.items():
            if about not in known:
                _write(BreachNotice(breach=breach, about=about, language=language, text=text), person, now)
        return TellResult(len(by_pseudonym) - len(known), len(known))


def note_departures(*, now: datetime) -> int:
    """Note who was told, since their mail has left. Returns how many."""
    with transaction.atomic():
        waiting = BreachNotice.objects.filter(told_at=None).exclude(mail=None).select_related("breach")
        notices = {each.mail: each for each in waiting.select_for_update(of=("self",), skip_locked=True)}
        left = Mail.objects.filter(pk__in=notices, sent_at__isnull=False).values_list("pk", "sent_at")
        for mail, sent_at in left:
            _tell(notices[mail], sent_at, now)
        return len(left)


def write_again(*, now: datetime) -> int:
    """Write anew to those whose mail was erased, with all that is about them, before it left. Returns how many."""
    with transaction.atomic():
        waiting = BreachNotice.objects.filter(told_at=None, means=Means.EMAIL, breach__closed_at=None)
        lost = waiting.exclude(mail__in=Mail.objects.values("pk"))
        rows = list(lost.select_for_update(of=("self",), skip_locked=True))
        for notice in rows:
            notice.mail = _mail(notice, now)
            notice.save(update_fields=["mail"])
    return len(rows)


def mark_told(breach_id: int, notice_id: int, *, now: datetime) -> None:
    """The letter is in the post, or the person was reached in another way. Raises :class:`NotWaitingError`."""
    with transaction.atomic():
        waiting = BreachNotice.objects.select_for_update(of=("self",)).filter(told_at=None, breach=breach_id)
        notice = waiting.select_related("breach").filter(pk=notice_id).first()
        if notice is None:
            raise NotWaitingError
        _tell(notice, now, now)


def close(breach_id: int, *, now: datetime) -> None:
    """The five years begin. Raises :class:`ClosedError` and :class:`NotDoneError`."""
    with transaction.atomic():
        breach = _locked_open(breach_id)
        if needs(breach):
            raise NotDoneError
        breach.close(by=trail.actor(), now=now)
        trail.record("privacy.breach.closed", now=now, obj=breach)


def reopen(breach_id: int, *, now: datetime) -> None:
    with transaction.atomic():
        breach: Breach = Breach.objects.select_for_update().get(pk=breach_id)
        if not breach.is_open:
            breach.reopen()
            trail.record("privacy.breach.reopened", now=now, obj=breach)


def _locked_open(breach_id: int) -> Breach:
    breach: Breach = Breach.objects.select_for_update().get(pk=breach_id)
    if not breach.is_open:
        raise ClosedError
    return breach


def _write(notice: BreachNotice, person: Addressee, now: datetime) -> None:
    notice.means = Means.EMAIL if person.email else Means.LETTER
    notice.email, notice.name, notice.postal_address = person.email, person.name, person.postal_address
    if person.email:
        notice.mail = _mail(notice, now)
    notice.decided_at, notice.decided_by = now, trail.actor()
    notice.save()
    trail.record("privacy.breach.notice_made", now=now, obj=notice.breach, about=notice.about)


def _mail(notice: BreachNotice, now: datetime) -> UUID:
    words = {"words": notice.text}
    return outbox.send("breach", to=notice.email, language=notice.language, context=words, now=now).pk


def _tell(notice: BreachNotice, at: datetime, now: datetime) -> None:
    notice.mark_told(at)
    trail.record("privacy.breach.person_told", now=now, obj=notice.breach, about=notice.about)
