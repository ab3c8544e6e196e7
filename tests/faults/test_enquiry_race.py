"""The same form sent twice at the same moment, and a reply pressed twice: one of each."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connection

from privacy.audit import trail
from privacy.companies import collecting
from privacy.mail.models import Mail
from softnlabs.website.enquiries import conversation, enquiries
from softnlabs.website.enquiries.enquiries import EnquiryData
from softnlabs.website.enquiries.models import Enquiry
from tests.conftest import ALICE
from tests.softnlabs.enquiries.factories import TYPED, make_enquiry

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
ROUNDS = 10


def at_once(action: Callable[[], object]) -> None:
    gate = threading.Barrier(2)

    def act() -> None:
        with trail.acting("user:1", "race"):
            gate.wait()
            try:
                action()
            finally:
                connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(act), pool.submit(act)]:
            done.result(timeout=20)


def send(number: int, now: datetime) -> None:
    data = EnquiryData(**{**TYPED, "email": f"person{number}@example.org"})  # type: ignore[typeddict-item]
    facts = {"agreed_to": "", "language": "en", "page": "/contact/"}
    enquiries.receive(data, collection=collecting.by_controller(), now=now, **facts)


def test_two_equal_forms_are_one_message(now: datetime) -> None:
    for number in range(ROUNDS):
        at_once(lambda number=number: send(number, now))
    assert Enquiry.objects.count() == ROUNDS
    assert Mail.objects.count() == ROUNDS


def test_a_reply_pressed_twice_leaves_once(now: datetime) -> None:
    for _number in range(ROUNDS):
        enquiry = make_enquiry(ALICE, received_at=now)
        at_once(
            lambda enquiry=enquiry: conversation.reply(enquiry, subject="Yes", text="Yes.", seen=0, now=now)
        )
    assert Mail.objects.count() == ROUNDS
