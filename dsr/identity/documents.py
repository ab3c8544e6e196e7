"""What the person sends along: documents for a request, and the proof of identity that was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dsr.lifecycle import transitions
from dsr.messages import emails
from dsr.requests.document_models import Enclosure, IdentityProof
from dsr.requests.mandate_models import mandate_of
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import paris_day
from dsr.rules.states import Move
from privacy.audit import trail
from privacy.files import fields, storage
from privacy.files.models import Draft, StoredFile
from privacy.files.uploads import SCANS, CheckedDocument

KINDS = ("pdf", "docx", *SCANS[1:])
MOST = 20  # documents of one request; of a card, its two sides may come a few times
MOST_PROOFS = 6


class TooMany(Exception):
    """A request takes a bounded number of documents."""


class NotAsked(Exception):
    """No proof of identity is asked for, or it was decided on."""


@dataclass(frozen=True)
class Paper:
    """One file of a request, as the desk lists it."""

    what: str | Promise
    file: StoredFile
    sent_at: datetime


def enclose(request_id: UUID, document: CheckedDocument | Draft, *, now: datetime) -> None:
    """Add a document to a request and tell the controller.

    Raises IllegalMove, :class:`TooMany`, :class:`drafts.DraftGoneError`, and :class:`OSError` when the disk
    refuses.
    """
    with transitions.making(request_id, Move.ENCLOSE, now=now) as request:
        if request.enclosures.count() >= MOST:
            raise TooMany
        Enclosure(request=request, file=fields.store(document, now=now), sent_at=now).save()
        emails.tell_controller(request, now=now)


def prove(request_id: UUID, sides: Sequence[CheckedDocument | Draft], *, address: str, now: datetime) -> None:
    """Hand in the proof that was asked for, with the postal address: the clock runs on from today.

    A request that was closed for want of the proof is taken up again by it.
    Raises IllegalMove, :class:`NotAsked`, :class:`TooMany`, :class:`drafts.DraftGoneError` and :class:`OSError`.
    """
    with transitions.making(request_id, Move.PROVE, now=now) as request:
        check = request.identity_checks.undecided().first()
        if check is None:
            raise NotAsked
        if check.proofs.count() + len(sides) > MOST_PROOFS:
            raise TooMany
        for side in sides:
            IdentityProof(check_made=check, file=fields.store(side, now=now), sent_at=now).save()
        check.came_on = check.came_on or paris_day(now)
        check.save()
        request.postal_address = address
        request.wind(now)
        emails.tell_controller(request, now=now)


def may_prove(request: SubjectRequest) -> bool:
    """Whether a proof is asked for and not decided on."""
    return bool(request.identity_checks.undecided().exists())


def papers_of(request: SubjectRequest) -> list[Paper]:
    """Every file of the request that the person sent, oldest first."""
    proofs = IdentityProof.objects.filter(check_made__request=request).select_related("file")
    found = [Paper(_("Proof of identity"), each.file, each.sent_at) for each in proofs]
    mandate = mandate_of(request)
    if mandate and mandate.file:
        found.insert(0, Paper(_("Mandate"), mandate.file, mandate.sent_at))
    added = request.enclosures.select_related("file")
    return found + [Paper(_("Document"), each.file, each.sent_at) for each in added]


def open_paper(request: SubjectRequest, key: str, *, now: datetime) -> HttpResponse | None:
    """One paper as a download, on record; ``None`` if the request has none such. Raises ``UnreadableFileError``."""
    for paper in papers_of(request):
        if str(paper.file.pk) == key:
            response = storage.attachment(paper.file)
            trail.record("dsr.paper.opened", now=now, obj=request, about=request.pseudonym())
            return response
    return None
