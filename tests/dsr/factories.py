"""Requests as tests need them."""

from datetime import datetime
from typing import Any

from django.db import models

from dsr.after_death.models import Instructions, UnconfirmedInstructions
from dsr.answer.models import NotificationOutcome, RecipientNotification
from dsr.follow_up.models import LinkRequest
from dsr.intake import submission
from dsr.intake.models import IncomingLetter
from dsr.messages.letter_models import SentLetter
from dsr.messages.models import Author, RequestMessage
from dsr.package.models import AccessPackage
from dsr.package.redaction_models import Redaction
from dsr.requests.correction_models import RequestedCorrection
from dsr.requests.document_models import Enclosure, IdentityProof
from dsr.requests.event_models import RequestEvent
from dsr.requests.identity_models import IdentityCheck
from dsr.requests.item_models import Exemption, RequestItem
from dsr.requests.mandate_models import Mandate, Representative
from dsr.requests.models import SubjectRequest, UnconfirmedRequest
from dsr.requests.note_models import InternalNote
from dsr.requests.visit_models import VisitsCopy
from dsr.review.models import Reminder
from dsr.rules.after_death import Scope, Wish
from dsr.rules.rights import Right
from dsr.rules.states import FINAL, RequestState
from dsr.rules.transitions import Occurrence
from privacy.companies.collecting import by_controller
from privacy.files import storage


def make_form(email: str = "alice@example.org", **changes: Any) -> submission.RequestFormData:
    facts = {
        "rights": [Right.ACCESS],
        "surname": "Martin",
        "first_name": "Alice",
        "email": email,
        "details": "",
    }
    return submission.RequestFormData(**{**facts, **changes})


def make_request(now: datetime, email: str = "alice@example.org", **changes: Any) -> SubjectRequest:
    """A request filed and confirmed at `now`."""
    unconfirmed_request = submission.submit(
        make_form(email, **changes), collection=by_controller(), language="en", now=now
    )
    return submission.confirm(unconfirmed_request.pk, now=now)


def plain_request(email: str, name: str, at: datetime, state: str = RequestState.WITHDRAWN) -> SubjectRequest:
    """A row and nothing around it."""
    return SubjectRequest.objects.create(
        rights=[Right.ACCESS], surname=name, first_name=name, email=email, language="en", received_at=at,
        confirmed_at=at, due_on=at.date(), state=state, closed_at=at if state in FINAL else None,
    )  # fmt: skip


# Makers for the walk through the holdings (see tests/holdings.py): `who` has an address and a canary.


def unconfirmed_request(who: Any, since: datetime) -> models.Model:
    return UnconfirmedRequest.objects.create(
        rights=[Right.ACCESS], surname=who.canary, first_name=who.canary, email=who.email, language="en",
        received_at=since,
    )  # fmt: skip


def subject_request(who: Any, since: datetime) -> models.Model:
    return plain_request(who.email, who.canary, since)


def identity_check(who: Any, since: datetime) -> models.Model:
    subject_request = plain_request(who.email, who.canary, since)
    return IdentityCheck.objects.create(request=subject_request, asked_at=since, reason=who.canary)


def request_event(who: Any, since: datetime) -> models.Model:
    subject_request = plain_request(who.email, who.canary, since)
    return RequestEvent.objects.create(
        request=subject_request, at=since, event_type=Occurrence.RECEIVED.event.code, actor="visitor"
    )


def request_message(who: Any, since: datetime) -> models.Model:
    subject_request = plain_request(who.email, who.canary, since)
    return RequestMessage.objects.create(
        request=subject_request, written_at=since, author=Author.PERSON, text=who.canary
    )


def request_item(who: Any, since: datetime) -> RequestItem:
    subject_request = plain_request(who.email, who.canary, since)
    return RequestItem.objects.create(
        request=subject_request,
        right=Right.ACCESS,
        outcome="WITHHELD",
        ground="EXCESSIVE",
        reason=who.canary,
        decided_at=since,
    )


def exemption(who: Any, since: datetime) -> models.Model:
    return Exemption.objects.create(
        item=request_item(who, since),
        holding="website.enquiry",
        ground="OTHERS",
        reason=who.canary,
        made_at=since,
    )


def correction(who: Any, since: datetime) -> models.Model:
    return RequestedCorrection.objects.create(
        item=request_item(who, since), holding="website.enquiry", key="1", field="surname", wished=who.canary,
        is_accepted=True, made_at=since,
    )  # fmt: skip


def enclosure(who: Any, since: datetime) -> models.Model:
    subject_request = plain_request(who.email, who.canary, since)
    file = storage.store(b"a PDF", name=f"{who.canary}.pdf", media_type="application/pdf", now=since)
    return Enclosure.objects.create(request=subject_request, file=file, sent_at=since)


def mandate(who: Any, since: datetime) -> Mandate:
    subject_request = plain_request(who.email, who.canary, since)
    file, certificate = (
        storage.store(content, name=f"{who.canary}.pdf", media_type="application/pdf", now=since)
        for content in (b"a proof", b"a certificate")
    )
    return Mandate.objects.create(
        request=subject_request,
        file=file,
        death_certificate=certificate,
        capacity="HEIR",
        digest="0" * 64,
        answers_to="REPRESENTATIVE",
        sent_at=since,
    )


def visits_copy(who: Any, since: datetime) -> VisitsCopy:
    subject_request = plain_request(who.email, who.canary, since)
    file = storage.store(b"[]", name=f"{who.canary}.json", media_type="application/json", now=since)
    return VisitsCopy.objects.create(request=subject_request, file=file, made_at=since)


def representative(who: Any, since: datetime) -> models.Model:
    subject_request = plain_request(f"mother-of-{who.email}", "Somebody else", since)
    given = Mandate.objects.create(
        request=subject_request, digest="0" * 64, answers_to="PERSON", sent_at=since
    )
    return Representative.objects.create(
        mandate=given, surname=who.canary, first_name=who.canary, email=who.email
    )


def identity_proof(who: Any, since: datetime) -> models.Model:
    check = identity_check(who, since)
    file = storage.store(b"a card", name=f"{who.canary}.jpg", media_type="image/jpeg", now=since)
    return IdentityProof.objects.create(check_made=check, file=file, sent_at=since)


def redaction(who: Any, since: datetime) -> models.Model:
    return Redaction.objects.create(
        item=request_item(who, since), holding="website.enquiry", key="1", field="message", spans=[0, 5],
        text_hash="0" * 64, made_at=since,
    )  # fmt: skip


def access_package(who: Any, since: datetime) -> models.Model:
    subject_request = plain_request(who.email, who.canary, since, state=RequestState.ANSWERED)
    file = storage.store(b"a zip", name="a.zip", media_type="application/zip", now=since)
    return AccessPackage.objects.create(request=subject_request, asked_at=since, built_at=since, file=file)


def sent_letter(who: Any, since: datetime) -> models.Model:
    subject_request = plain_request(who.email, who.canary, since)
    file = storage.store(b"a letter", name="letter.pdf", media_type="application/pdf", now=since)
    return SentLetter.objects.create(
        request=subject_request, message="request_message", subject=who.canary, file=file, written_at=since
    )


def internal_note(who: Any, since: datetime) -> models.Model:
    subject_request = plain_request(who.email, who.canary, since)
    return InternalNote.objects.create(
        request=subject_request, written_at=since, author="user:1", text=who.canary
    )


def recipient_notification(who: Any, since: datetime) -> models.Model:
    subject_request = plain_request(who.email, who.canary, since)
    file = storage.store(b"a receipt", name=f"{who.canary}.pdf", media_type="application/pdf", now=since)
    return RecipientNotification.objects.create(
        request=subject_request, right=Right.ERASURE, recipient=who.canary, is_processor=True, categories=["EMAIL"],
        opened_at=since, due_on=since.date(), outcome=NotificationOutcome.NOTIFIED, notified_on=since.date(),
        means="by registered letter", file=file, closed_at=since, closed_by="user:1",
    )  # fmt: skip


def incoming_letter(who: Any, since: datetime) -> models.Model:
    subject_request = plain_request(who.email, who.canary, since)
    scan = storage.store(b"a letter", name=who.canary, media_type="application/pdf", now=since)
    return IncomingLetter.objects.create(
        request=subject_request, received_on=since.date(), identity="NONE", scan=scan, entered_at=since
    )


def link_request(who: Any, since: datetime) -> models.Model:
    return LinkRequest.objects.create(request=plain_request(who.email, who.canary, since), asked_at=since)


def reminder(who: Any, since: datetime) -> models.Model:
    subject_request = plain_request(who.email, who.canary, since)
    return Reminder.objects.create(
        request=subject_request, reminder_type="due", due_on=since.date(), sent_at=since
    )


def _instructions(who: Any) -> dict[str, Any]:
    return {
        "surname": who.canary, "first_name": who.canary, "email": who.email, "wish": Wish.ERASE,
        "scope": Scope.PARTICULAR, "recipient": who.canary, "executor": who.canary, "details": who.canary,
        "language": "en",
    }  # fmt: skip


def unconfirmed_instructions(who: Any, since: datetime) -> models.Model:
    return UnconfirmedInstructions.objects.create(**_instructions(who), received_at=since)


def instructions(who: Any, since: datetime) -> Instructions:
    return Instructions.objects.create(**_instructions(who), recorded_at=since, used_at=since)


MAKERS = {
    "dsr.instructions": instructions,
    "dsr.unconfirmedinstructions": unconfirmed_instructions,
    "dsr.linkrequest": link_request,
    "dsr.reminder": reminder,
    "dsr.incomingletter": incoming_letter,
    "dsr.recipientnotification": recipient_notification,
    "dsr.sentletter": sent_letter,
    "dsr.internalnote": internal_note,
    "dsr.unconfirmedrequest": unconfirmed_request,
    "dsr.subjectrequest": subject_request,
    "dsr.identitycheck": identity_check,
    "dsr.requestevent": request_event,
    "dsr.requestmessage": request_message,
    "dsr.requestitem": request_item,
    "dsr.exemption": exemption,
    "dsr.requestedcorrection": correction,
    "dsr.redaction": redaction,
    "dsr.accesspackage": access_package,
    "dsr.enclosure": enclosure,
    "dsr.identityproof": identity_proof,
    "dsr.mandate": mandate,
    "dsr.representative": representative,
    "dsr.visitscopy": visits_copy,
}
