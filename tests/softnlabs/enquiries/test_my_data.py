"""“My data” shows what the person and we wrote to each other."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from softnlabs.website.accounts.models import User
from softnlabs.website.enquiries import conversation
from softnlabs.website.enquiries.conversation import Contact
from softnlabs.website.enquiries.models import EnquiryMessage
from tests import actors
from tests import holdings as made
from tests.conftest import ALICE, BOB
from tests.softnlabs.enquiries.factories import make_enquiry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
IN, OUT = EnquiryMessage.Direction.IN, EnquiryMessage.Direction.OUT
EMAIL, CALL = EnquiryMessage.Channel.EMAIL, EnquiryMessage.Channel.CALL


def test_alice_reads_her_conversation_in_its_order_and_nothing_of_bob(client: Client, now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        alice = made.person("alice", now - timedelta(days=30))
        User.objects.filter(pk=alice.account).update(first_name="")
        for email, word in ((ALICE, "Plum"), (BOB, "Bobword")):
            enquiry = make_enquiry(email, message=f"{word} one", received_at=now - timedelta(days=9))
            conversation.note(enquiry, Contact(IN, EMAIL, f"{word} two"), now=now - timedelta(days=3))
            conversation.note(enquiry, Contact(OUT, CALL, f"{word} note"), now=now - timedelta(days=2))
            seen = conversation.last_message_id(enquiry)
            conversation.reply(enquiry, subject="Hello", text=f"{word} three", seen=seen, now=now)
        actors.sign_in(client, User.objects.get(pk=alice.account))
        page = client.get("/account/data/").text
    section = page.partition('id="messages"')[2]
    told = [section.find(f"Plum {which}") for which in ("one", "two", "three")]
    assert sorted(told) == told
    assert -1 not in told
    assert "Plum note" not in section
    assert "telephone call" in section
    assert "Bobword" not in page
