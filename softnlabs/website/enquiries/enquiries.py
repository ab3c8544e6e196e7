"""Enquiries: received, confirmed by mail, and kept from the last contact on.

What is said afterwards stands in :mod:`softnlabs.website.enquiries.conversation`.
"""

import json
from datetime import datetime, timedelta
from typing import TypedDict

from django.db import connection, transaction

from consent.prospecting import prospecting
from privacy.audit import trail
from privacy.companies.collecting import CollectionFacts
from privacy.datamap import subjects
from privacy.mail import outbox
from privacy.web import locks, rate_limits
from softnlabs.website.enquiries.models import Enquiry

SENT_TWICE_WITHIN = timedelta(minutes=10)  # a second press of the button, or "back" and the button again


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

    `agreed_to`: the sentence of the box for commercial mail when it was ticked, else empty. The same form sent twice
    within minutes is one message: the row of the first is returned, and nothing else happens.
    """
    key = _content_key(data, agreed_to)
    with transaction.atomic():
        if twin := _twin(key, data["email"], now):
            return twin
        enquiry = Enquiry.objects.create(
            **data,
            language=language,
            **collection.columns(),
            received_at=now,
            last_contact_at=now,
            waiting_since=now,
            content_key=key,
        )
        _record("website.enquiry.received", enquiry, now)
        is_asked = bool(agreed_to) and _ask(enquiry, agreed_to, page)
        _acknowledge(enquiry, now, is_asked=is_asked)
    return enquiry


def _content_key(data: EnquiryData, agreed_to: str) -> str:
    return subjects.fingerprint(json.dumps([*sorted(data.items()), agreed_to]))


def _twin(key: str, email: str, now: datetime) -> Enquiry | None:
    """The same form, sent a moment ago. Of two that come at once, the second waits for the first to be stored."""
    part = int.from_bytes(bytes.fromhex(key[:8]), signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [locks.ENQUIRY, part])
    since = now - SENT_TWICE_WITHIN
    found: Enquiry | None = Enquiry.objects.filter(
        email=email, content_key=key, received_at__gt=since
    ).first()
    return found


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
        context={"received_at": enquiry.received_at, "tag": enquiry.tag, "asked": is_asked},
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
