"""Enquiries: received, confirmed by mail, and kept from the last contact on."""

from datetime import date, datetime, time
from typing import TypedDict

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from consent.prospecting import prospecting
from privacy.audit import trail
from privacy.companies.collecting import CollectionFacts
from privacy.datamap import subjects
from privacy.datamap.periods import CALENDAR
from privacy.mail import outbox
from privacy.web import rate_limits
from softnlabs.website.enquiries.models import Enquiry


class ContactKind(TextChoices):
    """By what a message went or came."""

    EMAIL = "EMAIL", _("e-mail")
    LETTER = "LETTER", _("letter")
    CALL = "CALL", _("telephone call")
    MEETING = "MEETING", _("meeting")


class ContactDayError(ValueError):
    """No contact is noted for a day before the enquiry came, nor for one that is still to come."""


class EnquiryData(TypedDict):
    """The fields of the contact form."""

    first_name: str
    surname: str
    email: str
    telephone: str
    postcode: str
    message: str


def receive(
    data: EnquiryData, *, collection: CollectionFacts, agreed_to: str, language: str, page: str, now: datetime
) -> Enquiry:
    """Store the message and confirm it by mail, in one transaction. `data["email"]` is normalised.

    `agreed_to`: the sentence of the box for commercial mail when it was ticked, else empty.
    """
    with transaction.atomic():
        enquiry = Enquiry.objects.create(
            **data,
            language=language,
            **collection.columns(),
            received_at=now,
            last_contact_at=now,
        )
        _record("website.enquiry.received", enquiry, now)
        is_asked = bool(agreed_to) and _ask(enquiry, agreed_to, page)
        _acknowledge(enquiry, now, is_asked=is_asked)
    return enquiry


def note_contact(enquiry: Enquiry, *, kind: ContactKind, on: date | None = None, now: datetime) -> None:
    """A message went to the person or came from them `on` a day, today if None: the period counts from it.

    Nothing else moves the clock of an enquiry. Raises :class:`ContactDayError`.
    """
    at = _instant_of(on, enquiry, now) if on else now
    with transaction.atomic():
        enquiry.note_contact(now=at)
        detail = {"kind": kind.value, "contact_at": at.isoformat()}
        _record("website.enquiry.contacted", enquiry, now, **detail)


def _instant_of(day: date, enquiry: Enquiry, now: datetime) -> datetime:
    """The first instant of the day at which there was an enquiry: a period is never counted from later."""
    if not enquiry.received_at.astimezone(CALENDAR).date() <= day <= now.astimezone(CALENDAR).date():
        raise ContactDayError
    begins = datetime.combine(day, time(), tzinfo=CALENDAR)
    return now if day == now.astimezone(CALENDAR).date() else max(begins, enquiry.received_at)


def _record(action: str, enquiry: Enquiry, now: datetime, **detail: str) -> None:
    about = subjects.fingerprint(enquiry.email)
    trail.record(action, obj=enquiry, about=about, now=now, detail=detail)


def _acknowledge(enquiry: Enquiry, now: datetime, *, is_asked: bool) -> None:
    """Sends back nothing that was typed, or the form could be used to send a text to somebody else's mailbox."""
    if not rate_limits.ACKNOWLEDGEMENTS.take(enquiry.email, now=now):
        return
    outbox.send(
        "enquiry_received",
        to=enquiry.email,
        language=enquiry.language,
        context={"received_at": enquiry.received_at, "asked": is_asked},
        now=now,
    )


def _ask(enquiry: Enquiry, sentence: str, page: str) -> bool:
    """Whether the question was mailed."""
    asked = prospecting.ask(
        email=enquiry.email,
        sentence=sentence,
        language=enquiry.language,
        page=page,
        now=enquiry.received_at,
        entity=enquiry.entity,
        policy_version=str(enquiry.policy_version or ""),
    )
    return asked is not None
