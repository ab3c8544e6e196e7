"""A request comes in: the form is sent, its address is confirmed, the request exists."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.forms.models import model_to_dict
from django.http import HttpRequest

from dsr.answer import delivery, objections
from dsr.identity import mandates
from dsr.lifecycle import transitions
from dsr.messages import emails
from dsr.package import visits_copy
from dsr.requests.item_models import RequestItem
from dsr.requests.mandate_models import mandate_of
from dsr.requests.models import SubjectRequest, UnconfirmedRequest
from dsr.rules.deadlines import Clock, paris_day
from dsr.rules.rights import Right
from dsr.rules.transitions import Occurrence
from privacy.audit import trail
from privacy.companies.collecting import CollectionFacts
from privacy.datamap import subjects

COPIED_FIELDS = (
    "rights", "surname", "first_name", "email", "details", "language", "entity", "policy_version",
)  # fmt: skip


class NothingToConfirmError(Exception):
    """The unconfirmed request is gone: confirmed before, or past its period."""


@dataclass(frozen=True)
class RequestFormData:
    rights: list[str]
    surname: str
    first_name: str
    email: str
    details: str


@dataclass(frozen=True)
class SendingBrowser:
    """What the browser that sends the form brings: whose visits are added to the answer, and its request."""

    visits_of: UUID | None = None
    request: HttpRequest | None = None


NOTHING_BROUGHT = SendingBrowser()


def submit(
    form: RequestFormData,
    *,
    collection: CollectionFacts,
    representation: mandates.Representation | None = None,
    browser: SendingBrowser = NOTHING_BROUGHT,
    is_signed_in: bool = False,
    may_mail: bool = True,
    language: str,
    now: datetime,
) -> UnconfirmedRequest:
    """Store the form and mail the link that confirms it. Whether the address is known is never looked at.

    ``representation`` is who asks for somebody else. No link is mailed to whoever ``is_signed_in`` under that
    very address. Where the mailbox got too many messages (``may_mail``), the link is mailed later
    (:mod:`dsr.intake.unconfirmed`). Raises :class:`drafts.DraftGoneError` and :class:`OSError` for a mandate or visits
    that cannot be stored.
    """
    with transaction.atomic():
        mails_now = may_mail and not is_signed_in
        unconfirmed_request = UnconfirmedRequest(
            **vars(form),
            **collection.columns(),
            language=language,
            received_at=now,
            is_mailed=not is_signed_in,
            link_sent_at=now if mails_now else None,
        )
        unconfirmed_request.save()
        if representation:
            mandates.store(unconfirmed_request, representation, now=now)
        if browser.visits_of:
            visits_copy.make(unconfirmed_request, browser.visits_of, now=now)
        if browser.request:  # after all that a disk may refuse: what is stopped is deleted
            _stop_recording(unconfirmed_request, browser.request, now=now)
        if mails_now:
            emails.confirm(unconfirmed_request, now=now)
        trail.record(
            "dsr.unconfirmed_request.received",
            now=now,
            obj=unconfirmed_request,
            about=subjects.fingerprint(unconfirmed_request.email),
        )
    return unconfirmed_request


def _stop_recording(unconfirmed_request: UnconfirmedRequest, browser: HttpRequest, *, now: datetime) -> None:
    """Stop the recording of visits in the browser that sends the form, if it asks for that: whoever confirms where.

    The answer to its request takes the objection to the browser.
    """
    if Right.NO_NAVIGATION in unconfirmed_request.rights and objections.stop(
        Right.NO_NAVIGATION,
        browser,
        email=unconfirmed_request.email,
        language=unconfirmed_request.language,
        now=now,
    ):
        unconfirmed_request.recording_stopped_at = now
        unconfirmed_request.save(update_fields=["recording_stopped_at"])


def confirm(unconfirmed_id: UUID, *, now: datetime) -> SubjectRequest:
    """Make it a request. The clock counts from the day the form was sent, not from this one.

    Nothing depends on the browser that confirms. What can be carried out at once is, unless a mandate is to be checked
    first. Raises NothingToConfirmError, also for a second click.
    """
    with transaction.atomic():
        unconfirmed_request = (
            UnconfirmedRequest.objects.live(now).select_for_update().filter(pk=unconfirmed_id).first()
        )
        if unconfirmed_request is None:
            raise NothingToConfirmError
        is_mandated = mandate_of(unconfirmed_request) is not None
        request = _request(unconfirmed_request, now)
        mandates.attach_to_request(unconfirmed_request, request)
        visits_copy.attach_to_request(unconfirmed_request, request)
        stopped_at = unconfirmed_request.recording_stopped_at
        unconfirmed_request.delete()
        transitions.record(request, Occurrence.RECEIVED, now=unconfirmed_request.received_at)
        transitions.record(request, Occurrence.CONFIRMED, now=now)
        for right in request.rights:
            item = RequestItem(request=request, right=right)
            if is_mandated:
                item.save()
            elif right == Right.NO_NAVIGATION and stopped_at:
                objections.note_stopped(item, now=stopped_at)
            else:
                objections.settle(item, now=now)
        if is_mandated:
            emails.mandated(request, now=now)
        if request.items.undecided().exists():
            emails.received(request, now=now)
        else:
            delivery.answer_at_once(request.pk, now=now)
            request.refresh_from_db()
    return request


def _request(unconfirmed_request: UnconfirmedRequest, now: datetime) -> SubjectRequest:
    data = model_to_dict(unconfirmed_request, fields=COPIED_FIELDS)
    request = SubjectRequest(
        id=unconfirmed_request.id,
        received_at=unconfirmed_request.received_at,
        confirmed_at=now,
        due_on=Clock(paris_day(unconfirmed_request.received_at)).due_on(paris_day(now)),
        **data,
    )
    request.save(force_insert=True)
    return request
