"""Enquiries: received, confirmed by mail, and kept from the last contact on."""

from datetime import datetime
from typing import TypedDict

from django.db import transaction

from consent.prospecting import prospecting
from privacy.audit import trail
from privacy.companies.collecting import CollectionFacts
from privacy.datamap import subjects
from privacy.mail import outbox
from privacy.web import rate_limits
from softnlabs.website.enquiries.models import Enquiry


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
        _acknowledge(enquiry, now)
        if agreed_to:
            _opt_in(enquiry, agreed_to, page)
    return enquiry


def note_contact(enquiry: Enquiry, *, now: datetime) -> None:
    """Staff wrote to or spoke with the person: the retention period starts again."""
    with transaction.atomic():
        enquiry.note_contact(now=now)
        _record("website.enquiry.contacted", enquiry, now)


def _record(action: str, enquiry: Enquiry, now: datetime) -> None:
    trail.record(action, obj=enquiry, about=subjects.fingerprint(enquiry.email), now=now)


def _acknowledge(enquiry: Enquiry, now: datetime) -> None:
    """Sends back nothing that was typed, or the form could be used to send a text to somebody else's mailbox."""
    if not rate_limits.ACKNOWLEDGEMENTS.take(enquiry.email, now=now):
        return
    outbox.send(
        "enquiry_received",
        to=enquiry.email,
        language=enquiry.language,
        context={"received_at": enquiry.received_at},
        now=now,
    )


def _opt_in(enquiry: Enquiry, sentence: str, page: str) -> None:
    prospecting.opt_in(
        email=enquiry.email,
        sentence=sentence,
        language=enquiry.language,
        page=page,
        now=enquiry.received_at,
        entity=enquiry.entity,
        policy_version=str(enquiry.policy_version or ""),
    )
