"""Enquiries as tests need them."""

from datetime import UTC, datetime
from typing import Any

from softnlabs.website.enquiries.models import Enquiry
from tests.conftest import ALICE

TYPED = {
    "first_name": "Alice",
    "surname": "Lasserre",
    "email": ALICE,
    "telephone": "+33 5 59 00 00 00",
    "postcode": "64290",
    "message": "Could you look after our servers?\r\nThank you.",
}


def make_enquiry(email: str = ALICE, **facts: Any) -> Enquiry:
    received_at = facts.pop("received_at", datetime(2026, 11, 23, 10, tzinfo=UTC))
    fields = {name: value for name, value in TYPED.items() if name != "email"} | {
        "language": "en",
        "entity": "818 145 302",
        "received_at": received_at,
        "last_contact_at": received_at,
        "waiting_since": received_at,
    }
    return Enquiry.objects.create(email=email, **(fields | facts))
