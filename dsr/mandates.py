"""Asking for somebody else: nothing leaves and nothing is done before their mandate was checked."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from dsr import fulfilment, moves, objections
from dsr.models import Filing, Mandate, Representative, SubjectRequest
from dsr.models.mandates import mandate_of
from dsr.states import Move
from privacy import audit, documents, storage
from privacy.models import Draft
from privacy.uploads import Checked


class Unchecked(Exception):
    """Nobody has said yet that the mandate is good."""


@dataclass(frozen=True)
class Acting:
    """Who asks for somebody else, and what shows that they may."""

    surname: str
    first_name: str
    email: str
    answers_to: str
    document: Checked | Draft


def keep(filing: Filing, acting: Acting, *, now: datetime) -> None:
    """Keep the mandate with the form. Raises :class:`privacy.drafts.Gone` and :class:`OSError`."""
    file = documents.store(acting.document, now=now)
    digest = hashlib.sha256(storage.read(file)).hexdigest()
    mandate = Mandate(filing=filing, file=file, digest=digest, answers_to=acting.answers_to, sent_at=now)
    mandate.save()
    who = {"surname": acting.surname, "first_name": acting.first_name, "email": acting.email}
    Representative(mandate=mandate, **who).save()


def hand_over(filing: Filing, request: SubjectRequest) -> bool:
    """The mandate of a filing is the request's from now on; whether there was one."""
    return bool(Mandate.objects.filter(filing=filing).update(filing=None, request=request))


def check(request_id: UUID, *, now: datetime) -> None:
    """Write down that the mandate is good, and do what needs no weighing. Raises IllegalMove, :class:`Unchecked`."""
    with transaction.atomic():
        with moves.making(request_id, Move.CHECK_MANDATE, now=now) as request:
            mandate = mandate_of(request)
            if mandate is None or mandate.checked_at:
                raise Unchecked
            mandate.checked_at, mandate.checked_by = now, audit.actor()
            mandate.save()
        for item in request.items.undecided():
            objections.settle(item, None, now=now)
        if not request.items.undecided().exists():
            fulfilment.answer_at_once(request_id, now=now)


def is_checked(request: SubjectRequest) -> bool:
    """Whether nobody acts for somebody else here, or their mandate is good."""
    mandate = mandate_of(request)
    return mandate is None or mandate.checked_at is not None
