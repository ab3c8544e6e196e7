"""Documents that the person sends: for the request, and the proof of identity that was asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dsr.lifecycle import transitions
from dsr.messages import emails
from dsr.messages.models import Author, RequestMessage
from dsr.requests.document_models import Enclosure, IdentityProof
from dsr.requests.mandate_models import mandate_of
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import paris_day
from dsr.rules.transitions import Transition
from privacy.audit import reasons, trail
from privacy.audit.models import AuditEntry
from privacy.files import fields, rendering, storage
from privacy.files.models import Draft, StoredFile
from privacy.files.rendering import ShownPage
from privacy.files.uploads import SCANS, CheckedDocument

KINDS = ("pdf", "docx", *SCANS[1:])
MAX_DOCUMENTS = 20  # in one request; of proofs, both sides of a card a few times
MAX_PROOFS = 6
PICTURE_LASTS = timedelta(minutes=10)  # after its page was shown
REASON_GIVEN, PROOF_OPENED, OPENED = "dsr.document.reason_given", "dsr.proof.opened", "dsr.document.opened"


class TooManyDocumentsError(Exception):
    """See MAX_DOCUMENTS and MAX_PROOFS."""


class ProofNotRequestedError(Exception):
    """No proof of identity is asked for, or it was decided on."""


@dataclass(frozen=True)
class SentDocument:
    """One file of a request, as the desk lists it."""

    label: str | Promise
    file: StoredFile
    sent_at: datetime
    is_proof: bool = False
    is_as_sent: bool = False  # all others were drawn anew when they came


def add(request_id: UUID, document: CheckedDocument | Draft, *, now: datetime) -> None:
    """Add a document and tell the controller.

    Raises IllegalTransitionError, TooManyDocumentsError, DraftGoneError, and OSError when the disk refuses.
    """
    with transitions.apply(request_id, Transition.ADD_DOCUMENT, now=now) as request:
        if request.enclosures.count() >= MAX_DOCUMENTS:
            raise TooManyDocumentsError
        Enclosure(request=request, file=fields.store(document, now=now), sent_at=now).save()
        emails.notify_controller(request, now=now)


def submit_proof(
    request_id: UUID,
    sides: Sequence[CheckedDocument | Draft],
    *,
    words: str = "",
    address: str,
    now: datetime,
) -> None:
    """Store the proof that was asked for, in copies or in words: the clock runs on from today.

    A request that was closed because the proof never came is reopened by it.
    Raises IllegalTransitionError, ProofNotRequestedError, TooManyDocumentsError, DraftGoneError and OSError.
    """
    with transitions.apply(request_id, Transition.SUBMIT_PROOF, now=now) as request:
        check = request.identity_checks.undecided().first()
        if check is None:
            raise ProofNotRequestedError
        if check.proofs.count() + len(sides) > MAX_PROOFS:
            raise TooManyDocumentsError
        for side in sides:
            IdentityProof(check_made=check, file=fields.store(side, now=now), sent_at=now).save()
        if words:
            RequestMessage(request=request, written_at=now, author=Author.PERSON, text=words).save()
        check.came_on = check.came_on or paris_day(now)
        check.save()
        request.postal_address = address or request.postal_address
        request.update_due_date(now)
        emails.notify_controller(request, now=now)


def may_submit_proof(request: SubjectRequest) -> bool:
    return bool(request.identity_checks.undecided().exists())


def documents_of(request: SubjectRequest) -> list[SentDocument]:
    """The mandate first, then the oldest."""
    proofs = IdentityProof.objects.filter(check_made__request=request).select_related("file")
    found = [SentDocument(_("Proof of identity"), each.file, each.sent_at, is_proof=True) for each in proofs]
    mandate = mandate_of(request)
    if mandate and mandate.death_certificate:
        found.insert(0, SentDocument(_("Death certificate"), mandate.death_certificate, mandate.sent_at))
    if mandate and mandate.file:
        found.insert(0, SentDocument(mandate.document_label, mandate.file, mandate.sent_at))
    added = request.enclosures.select_related("file")
    return found + [
        SentDocument(_("Document"), each.file, each.sent_at, is_as_sent=rendering.can_show(each.file))
        for each in added
    ]


def find(request: SubjectRequest, key: str) -> SentDocument | None:
    found = (*documents_of(request), *_proofs_of_notifications(request))
    return next((each for each in found if str(each.file.pk) == key), None)


def _proofs_of_notifications(request: SubjectRequest) -> Iterator[SentDocument]:
    """What recipients sent to show that they were told."""
    for each in request.recipient_notifications.exclude(file=None).select_related("file"):
        yield SentDocument(
            _("Proof of the notification"),
            each.file,
            each.closed_at,
            is_as_sent=rendering.can_show(each.file),
        )


def open_document(request: SubjectRequest, document: SentDocument, *, now: datetime) -> HttpResponse:
    """As a download, on record.

    Raises ``UnreadableFileError``, and ``PermissionDenied`` for a proof that nobody wrote a reason for.
    """
    if needs_reason(request, document, now=now):
        raise PermissionDenied
    response = storage.attachment(document.file)
    action = PROOF_OPENED if document.is_proof else OPENED
    trail.record(action, now=now, obj=request, about=request.pseudonym())
    return response


def show(request: SubjectRequest, document: SentDocument, number: int, *, now: datetime) -> ShownPage:
    """One page of a document that is kept as it was sent, on record. Raises as `privacy.files.rendering.page`."""
    page = rendering.page(document.file, number)
    detail: dict[str, str | int] = {"file": str(document.file.pk), "page": number}
    trail.record(OPENED, now=now, obj=request, about=request.pseudonym(), detail=detail)
    return page


def picture(request: SubjectRequest, document: SentDocument, number: int, *, now: datetime) -> HttpResponse:
    """For the page that was just shown: without that look on record it raises `PermissionDenied`."""
    looks = AuditEntry.objects.filter(
        action=OPENED,
        about=request.pseudonym(),
        key=str(request.pk),
        actor=trail.actor(),
        at__gt=now - PICTURE_LASTS,
        detail={"file": str(document.file.pk), "page": number},
    )
    if not looks.exists():
        raise PermissionDenied
    return rendering.picture(document.file, number)


def needs_reason(request: SubjectRequest, document: SentDocument, *, now: datetime) -> bool:
    """A proof of identity is opened within the hour after whoever opens it wrote down why."""
    return document.is_proof and not reasons.is_given(REASON_GIVEN, obj=request, now=now)


def give_reason(request: SubjectRequest, *, why: str, reason: str, now: datetime) -> None:
    reasons.give(REASON_GIVEN, why=why, reason=reason, obj=request, about=request.pseudonym(), now=now)
