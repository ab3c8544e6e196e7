"""Requests for somebody else: nothing is sent or carried out before it was checked that who asks may."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from dsr.answer import delivery, objections
from dsr.lifecycle import transitions
from dsr.messages import emails
from dsr.requests.mandate_models import Capacity, Mandate, Representative, mandate_of
from dsr.requests.models import SubjectRequest, UnconfirmedRequest
from dsr.rules import ages
from dsr.rules.deadlines import paris_day
from dsr.rules.transitions import Transition, is_legal
from privacy.audit import trail
from privacy.files import fields, storage
from privacy.files.models import Draft
from privacy.files.uploads import CheckedDocument


class MandateUncheckedError(Exception):
    """The mandate was not checked, or cannot be: its document is not here."""


class ChildDecidesAloneError(Exception):
    """A parent asks for a child who is fifteen or older, or whose birthday nobody looked at."""


class MandateNotWantedError(Exception):
    """The mandate is here or was checked already, or nobody asks for somebody else."""


@dataclass(frozen=True)
class Representation:
    """Who asks for somebody else, and the document that allows it."""

    surname: str
    first_name: str
    email: str
    answers_to: str
    document: CheckedDocument | Draft
    capacity: str = Capacity.MANDATE
    death_certificate: CheckedDocument | Draft | None = None


def store(
    subject_request: UnconfirmedRequest | SubjectRequest, representation: Representation, *, now: datetime
) -> None:
    """Raises :class:`drafts.DraftGoneError` and :class:`OSError`."""
    is_unconfirmed = isinstance(subject_request, UnconfirmedRequest)
    mandate = Mandate(
        **{"unconfirmed_request" if is_unconfirmed else "request": subject_request},
        answers_to=representation.answers_to,
        capacity=representation.capacity,
    )
    if representation.death_certificate:
        mandate.death_certificate = fields.store(representation.death_certificate, now=now)
    _set_document(mandate, representation.document, now)
    who = {
        "surname": representation.surname,
        "first_name": representation.first_name,
        "email": representation.email,
    }
    Representative(mandate=mandate, **who).save()


def attach_to_request(unconfirmed_request: UnconfirmedRequest, request: SubjectRequest) -> None:
    Mandate.objects.filter(unconfirmed_request=unconfirmed_request).update(
        unconfirmed_request=None, request=request
    )


def resubmit(
    request_id: UUID,
    document: CheckedDocument | Draft,
    *,
    death_certificate: CheckedDocument | Draft | None = None,
    now: datetime,
) -> None:
    """Take the document again that was destroyed with a closed request before anybody had checked it.

    After a death the certificate comes again too, in a file of its own or in the same one.

    Raises IllegalTransitionError, MandateNotWantedError, :class:`drafts.DraftGoneError` and :class:`OSError`.
    """
    with transitions.apply(request_id, Transition.RESUBMIT_MANDATE, now=now) as request:
        mandate = mandate_of(request)
        if mandate is None or not mandate.is_resubmission_needed:
            raise MandateNotWantedError
        if death_certificate and mandate.is_of_dead:
            mandate.death_certificate = fields.store(death_certificate, now=now)
        _set_document(mandate, document, now)
        emails.notify_controller(request, now=now)


def check(request_id: UUID, *, born_on: date | None = None, now: datetime) -> None:
    """Carries out what waited for it. Raises IllegalTransitionError, MandateUncheckedError, ChildDecidesAloneError.

    ``born_on`` is the birthday of a child, for whom a parent asks: it is compared, and not kept.
    """
    with transaction.atomic():
        with transitions.apply(request_id, Transition.CHECK_MANDATE, now=now) as request:
            mandate = mandate_of(request)
            if mandate is None or not mandate.file or mandate.checked_at:
                raise MandateUncheckedError
            _check_age(mandate, born_on, now)
            mandate.checked_at, mandate.checked_by = now, trail.actor()
            mandate.save()
        for item in request.items.undecided():
            objections.settle(item, now=now)
        if not mandate.is_of_dead and not request.items.undecided().exists():
            delivery.answer_at_once(request_id, now=now)


def is_checked(request: SubjectRequest) -> bool:
    """True also where nobody acts for somebody else."""
    mandate = mandate_of(request)
    return mandate is None or mandate.checked_at is not None


def is_resubmission_needed(request: SubjectRequest) -> bool:
    mandate = mandate_of(request)
    return (
        is_legal(request.state, Transition.RESUBMIT_MANDATE)
        and mandate is not None
        and mandate.is_resubmission_needed
    )


def _check_age(mandate: Mandate, born_on: date | None, now: datetime) -> None:
    if mandate.capacity != Capacity.PARENT:
        return
    if born_on is None or ages.decides_alone(born_on, on=paris_day(now)):
        raise ChildDecidesAloneError


def _set_document(mandate: Mandate, document: CheckedDocument | Draft, now: datetime) -> None:
    mandate.file, mandate.sent_at = fields.store(document, now=now), now
    mandate.digest = hashlib.sha256(storage.read_unscanned(mandate.file)).hexdigest()
    mandate.save()
