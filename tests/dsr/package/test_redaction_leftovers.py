"""Struck-out words that still stand elsewhere in the copy are shown before it leaves."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from dsr.follow_up import follow_up
from dsr.package import archive, redaction, redaction_leftovers
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from dsr.review.decisions import Decision
from dsr.rules.rights import Right
from privacy.audit.models import AuditEntry
from privacy.files.models import StoredFile
from softnlabs.website.enquiries.models import Enquiry
from tests import holdings as made
from tests.dsr.admin_pages import QUEUE, page_of
from tests.dsr.steps import ask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]
TEXT = "Zoé Dupont, zoe@example.net, 05 59 00 00 00, lent it to my neighbour, said Zoe."


@pytest.fixture
def redacted(alice: made.SamplePerson, now: datetime) -> SubjectRequest:
    """A copy to be made, with the name, address and number of somebody else struck out of one text."""
    enquiry = made.MAKERS["website.enquiry"](alice, now - made.RECENT)
    Enquiry.objects.filter(pk=enquiry.pk).update(message=TEXT)
    subject_request = ask(now, Right.ACCESS, email=alice.email)
    found = redaction.text(subject_request, "website.enquiry", str(enquiry.pk), "message", now=now)
    redaction.redact(subject_request.pk, found=found, text_hash=found.text_hash, chosen=range(8), now=now)
    return subject_request


def found_in(subject_request: SubjectRequest, now: datetime) -> list[tuple[str, str, str]]:
    found = redaction_leftovers.find(subject_request, archive.preview(subject_request, now=now), now=now)
    return [
        (each.words, each.section.information.label, each.line.name if each.line else "") for each in found
    ]


def test_what_was_left_in_the_same_text_is_found(redacted, now):
    assert found_in(redacted, now) == [("Zoé", "website.enquiry", "message")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I wrote with ZOÉ yesterday.", ["Zoé"]),
        ("Write to ZOE@example.net!", ["zoe@example.net"]),
        ("Her number: 0559000000", ["0559000000"]),
        ("05.59.00.00.00", ["0559000000"]),
        ("Mrs Dupont-Martin", ["Dupont"]),
        ("my neighbour Dupontel, Zoey", []),
        ("105590000001", []),
    ],
)
def test_a_message_is_searched_for_each_name_number_and_address(redacted, now, text: str, words: list[str]):
    follow_up.write(redacted.pk, text, now=now)
    found = [each for each in found_in(redacted, now) if each[1] == "dsr.requestmessage"]
    assert [each[0] for each in found] == words


def test_the_name_of_a_document_is_searched(redacted, alice, now):
    made.MAKERS["dsr.enclosure"](alice, now)
    StoredFile.objects.filter(name=f"{alice.canary}.pdf").update(name="letter_of_Zoe_Dupont.pdf")
    assert ("Dupont", "dsr.enclosure", "") in found_in(redacted, now)


@pytest.mark.parametrize("is_whole", [True, False])
def test_what_is_kept_back_is_no_leftover(redacted, now, is_whole: bool):
    because = Decision("WITHHELD", "OTHERS", "It is about somebody else.")
    row = Enquiry.objects.get()
    part = {"holding": "website.enquiry", "key": "" if is_whole else str(row.pk)}
    decisions.withhold(redacted.pk, right=Right.ACCESS, **part, decision=because, now=now)
    assert found_in(redacted, now) == []


def test_the_desk_sees_how_many_and_where_before_it_answers(dpo_client: Client, redacted: Any, now: datetime):
    follow_up.write(redacted.pk, "Zoé lent it to me.", now=now)
    page = page_of(dpo_client, redacted)
    assert "still stand in 2 other places of the copy" in page
    assert not AuditEntry.objects.filter(action="dsr.holdings.viewed").exists()
    held = dpo_client.get(f"{QUEUE}{redacted.pk}/held/").content.decode()
    listed = held[held.index('id="leftovers"') :].partition("</section>")[0]
    assert len(re.findall("“Zoé”", listed)) == 2
    (link,) = [each for each in re.findall(r'href="([^"]+)"', listed) if "requestmessage" in each]
    assert "<span>Zoé</span>" in dpo_client.get(link).content.decode()


def test_without_redactions_nothing_is_searched(dpo_client: Client, alice: made.SamplePerson, now: datetime):
    subject_request = ask(now, Right.ACCESS, email=alice.email)
    assert redaction_leftovers.count(subject_request, now=now) == 0
    assert "#leftovers" not in page_of(dpo_client, subject_request)
