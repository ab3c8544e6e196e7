"""Asking for somebody else: nothing leaves and nothing is done before their mandate was checked."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from dsr.answer import delivery, objections
from dsr.lifecycle import transitions
from dsr.messages import emails
from dsr.requests.mandate_models import Mandate, Representative, mandate_of
from dsr.requests.models import Filing, SubjectRequest
from dsr.rules.states import Move, is_legal
from privacy.audit import trail
from privacy.files import fields, storage
from privacy.files.models import Draft
from privacy.files.uploads import CheckedDocument


class Unchecked(Exception):
    """Nobody has said yet that the mandate is good, or could: its document is not here."""


class NotWanted(Exception):
    """The mandate is here, was checked already, or nobody asks for somebody else."""


@dataclass(frozen=True)
class Acting:
    """Who asks for somebody else, and what shows that they may."""

    surname: str
    first_name: str
    email: str
    answers_to: str
    document: CheckedDocument | Draft


def keep(filing: Filing, acting: Acting, *, now: datetime) -> None:
    """Keep the mandate with the form. Raises :class:`drafts.DraftGoneError` and :class:`OSError`."""
    mandate = Mandate(filing=filing, answers_to=acting.answers_to)
    _take(mandate, acting.document, now)
    who = {"surname": acting.surname, "first_name": acting.first_name, "email": acting.email}
    Representative(mandate=mandate, **who).save()


def hand_over(filing: Filing, request: SubjectRequest) -> None:
    """The mandate of a filing is the request's from now on."""
    Mandate.objects.filter(filing=filing).update(filing=None, request=request)


def hand_in(request_id: UUID, document: CheckedDocument | Draft, *, now: datetime) -> None:
    """Take the document again that went with a closed request before anybody had checked it; tell the controller.

    Raises IllegalMove, :class:`NotWanted`, :class:`drafts.DraftGoneError` and :class:`OSError`.
    """
    with transitions.making(request_id, Move.HAND_IN, now=now) as request:
        mandate = mandate_of(request)
        if mandate is None or not mandate.is_wanted_again:
            raise NotWanted
        _take(mandate, document, now)
        emails.tell_controller(request, now=now)


def check(request_id: UUID, *, now: datetime) -> None:
    """Write down that the mandate is good, and do what needs no weighing. Raises IllegalMove, :class:`Unchecked`."""
    with transaction.atomic():
        with transitions.making(request_id, Move.CHECK_MANDATE, now=now) as request:
            mandate = mandate_of(request)
            if mandate is None or not mandate.file or mandate.checked_at:
                raise Unchecked
            mandate.checked_at, mandate.checked_by = now, trail.actor()
            mandate.save()
        for item in request.items.undecided():
            objections.settle(item, None, now=now)
        if not request.items.undecided().exists():
            delivery.answer_at_once(request_id, now=now)


def is_checked(request: SubjectRequest) -> bool:
    """Whether nobody acts for somebody else here, or their mandate is good."""
    mandate = mandate_of(request)
    return mandate is None or mandate.checked_at is not None


def is_wanted_again(request: SubjectRequest) -> bool:
    """Whether the mandate has to be sent again before anything can be done."""
    mandate = mandate_of(request)
    return is_legal(request.state, Move.HAND_IN) and mandate is not None and mandate.is_wanted_again


def _take(mandate: Mandate, document: CheckedDocument | Draft, now: datetime) -> None:
    mandate.file, mandate.sent_at = fields.store(document, now=now), now
    mandate.digest = hashlib.sha256(storage.read(mandate.file)).hexdigest()
    mandate.save()
