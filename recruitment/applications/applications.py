"""Applications: received, answered, and kept from the last contact on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypedDict

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from consent.prospecting import prospecting
from privacy import plugins
from privacy.audit import reasons, trail
from privacy.audit.models import AuditEntry
from privacy.companies.collecting import CollectionFacts
from privacy.datamap import subjects
from privacy.datamap.periods import CALENDAR
from privacy.files import fields, rendering, storage
from privacy.files.models import Draft
from privacy.files.uploads import CheckedDocument
from privacy.mail import outbox
from privacy.web import rate_limits, signed_links
from recruitment.applications.models import Application, ArchiveOpening, Exchange
from recruitment.offers.models import Offer

WRITTEN_BY_HAND = {"Auto-Submitted": "no"}
PICTURE_LASTS = timedelta(minutes=10)  # after its page was shown


class ContactDayError(ValueError):
    """No contact is noted for a day before the application came, nor for one that is still to come."""


class Applicant(TypedDict):
    """The fields of the form, except the CV."""

    first_name: str
    surname: str
    email: str
    telephone: str
    postcode: str
    qualifications: str
    experience: str
    message: str


@dataclass(frozen=True)
class SubmissionContext:
    """Where the form was sent from. `opt_in`: the sentence ticked for commercial mail, if any."""

    address: str
    language: str
    collection: CollectionFacts
    opt_in: str = ""


def apply(
    applicant: Applicant,
    *,
    cv: CheckedDocument | Draft,
    offer: Offer | None,
    submission: SubmissionContext,
    now: datetime,
) -> Application:
    """Store an application and confirm it by mail, in one transaction.

    `applicant["email"]` is normalised. `offer` None: a spontaneous application. Raises `drafts.DraftGoneError`
    when a kept CV was used or deleted meanwhile, and `OSError` when the disk refuses the file.
    """
    with transaction.atomic():
        application = Application.objects.create(
            **applicant,
            cv=fields.store(cv, now=now),
            offer=offer,
            language=submission.language,
            **submission.collection.columns(),
            received_at=now,
            last_contact_at=now,
        )
        _record("recruitment.application.received", application, now)
        _count_contact(application, now, now)
        is_asked = bool(submission.opt_in) and _ask(application, submission, now)
        _acknowledge(application, now, is_asked=is_asked)
    return application


def reply(application: Application, *, subject: str, text: str, now: datetime) -> Exchange:
    """A contact: the retention period of all applications of this person starts again."""
    with transaction.atomic():
        exchange = _exchange(application, Exchange.Direction.OUT, subject, text, now)
        _send("application_reply", application, {"subject": subject, "text": text}, now, WRITTEN_BY_HAND)
        _record("recruitment.application.answered", application, now)
        _count_contact(application, now, now)
    return exchange


def note_message(application: Application, *, text: str, on: date | None = None, now: datetime) -> Exchange:
    """Record what the applicant wrote or said `on` a day, today if None: a contact, which counts from that day.

    Raises :class:`ContactDayError`.
    """
    at = _instant_of(on, application, now) if on else now
    with transaction.atomic():
        exchange = _exchange(application, Exchange.Direction.IN, "", text, at)
        _record("recruitment.application.contacted", application, now, contact_at=at.isoformat())
        _count_contact(application, at, now)
    return exchange


def show_cv(application: Application, number: int, *, now: datetime) -> rendering.ShownPage:
    """One page of the CV, on record. Raises as `privacy.files.rendering.page`."""
    page = rendering.page(application.cv, number)
    _record("recruitment.cv.shown", application, now, page=number)
    return page


def picture_of_cv(application: Application, number: int, *, now: datetime) -> HttpResponse:
    """For the page that was just shown: without that look on record it raises `PermissionDenied`."""
    shown = AuditEntry.objects.filter(
        action="recruitment.cv.shown",
        about=subjects.fingerprint(application.email),
        key=str(application.pk),
        actor=trail.actor(),
        at__gt=now - PICTURE_LASTS,
        detail__page=number,
    )
    if not shown.exists():
        raise PermissionDenied
    return rendering.picture(application.cv, number)


def download_cv(application: Application, *, now: datetime) -> HttpResponse:
    """The original. Audited. Raises `privacy.files.storage.UnreadableFileError`."""
    response = storage.attachment(application.cv)
    _record("recruitment.cv.downloaded", application, now)
    return response


def sender_of_file(row: Application) -> plugins.FileSender:
    """The applicant, who may send another CV with the form."""
    with translation.override(row.language):
        link = signed_links.absolute(reverse("recruitment:apply"))
    return plugins.FileSender(row.email, row.language, link)


def open_archived(application: Application, *, why: str, reason: str, now: datetime) -> ArchiveOpening:
    """Let the current actor read an archived application for an hour. The reason is kept with it.

    Raises `PermissionDenied` without a reason.
    """
    reasons.check(why=why, reason=reason)
    with transaction.atomic():
        _record("recruitment.archive.opened", application, now, why=why)
        return ArchiveOpening.objects.create(
            application=application, opened_at=now, opened_by=trail.actor(), reason=reason
        )


def draft_reply(application: Application, template: str) -> tuple[str, str]:
    """Subject and text of `recruitment/applications/replies/<template>.txt`, in the applicant's language."""
    with translation.override(application.language):
        facts = {"application": application, "entity": settings.ENTITY}
        subject, _line, text = (
            render_to_string(f"recruitment/applications/replies/{template}.txt", facts)
            .strip()
            .partition("\n")
        )
    return subject, text.strip()


def _exchange(
    application: Application, direction: Exchange.Direction, subject: str, text: str, at: datetime
) -> Exchange:
    return Exchange.objects.create(
        application=application, direction=direction, at=at, subject=subject, text=text
    )


def _count_contact(application: Application, at: datetime, now: datetime) -> None:
    """For all applications of the person. The others have it on record too: this one may be erased before them."""
    others = Application.objects.of_same_person(application).live(now).exclude(pk=application.pk)
    for other in others.filter(last_contact_at__lt=at):
        _record("recruitment.application.contacted", other, now, contact_at=at.isoformat())
    application.note_contact(now=at)


def _instant_of(day: date, application: Application, now: datetime) -> datetime:
    """The first instant of the day at which there was an application: a period is never counted from later."""
    if not application.received_at.astimezone(CALENDAR).date() <= day <= now.astimezone(CALENDAR).date():
        raise ContactDayError
    begins = datetime.combine(day, time(), tzinfo=CALENDAR)
    return now if day == now.astimezone(CALENDAR).date() else max(begins, application.received_at)


def _acknowledge(application: Application, now: datetime, *, is_asked: bool) -> None:
    """Sends back nothing that was typed, or the form could be used to send a text to somebody else's mailbox."""
    if rate_limits.ACKNOWLEDGEMENTS.take(application.email, now=now):
        _send("application_received", application, {"asked": is_asked}, now)


def _ask(application: Application, submission: SubmissionContext, now: datetime) -> bool:
    """Whether the question was mailed."""
    asked = prospecting.ask(
        email=application.email,
        sentence=submission.opt_in,
        language=submission.language,
        page=submission.address,
        now=now,
        entity=application.entity,
        policy_version=str(application.policy_version or ""),
    )
    return asked is not None


def _send(
    message: str,
    application: Application,
    context: Mapping[str, object],
    now: datetime,
    headers: Mapping[str, str] | None = None,
) -> None:
    facts = {**context, "offer": application.offer, "received_at": application.received_at}
    outbox.send(
        message,
        to=application.email,
        language=application.language,
        context=facts,
        now=now,
        headers=headers,
    )


def _record(action: str, application: Application, now: datetime, **detail: str | int) -> None:
    about = subjects.fingerprint(application.email)
    trail.record(action, obj=application, about=about, now=now, detail=detail)
