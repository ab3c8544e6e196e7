"""What the person reads of each right: nothing before it is done or answered, and nothing that is not true."""

from datetime import timedelta

import pytest
from django.test import Client

from dsr.follow_up import follow_up
from dsr.requests.correction_models import RequestedCorrection
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from dsr.review.decisions import Decision
from dsr.rules.rights import ItemOutcome, Right
from dsr.rules.states import RequestState
from privacy.files import storage
from privacy.mail.models import Mail
from tests import holdings as made
from tests.dsr.admin_pages import do
from tests.dsr.letters import last_letter, words_of
from tests.dsr.pages import client_with_grant
from tests.dsr.steps import ask, checked, correct, enquiry_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]
NO = Decision(ItemOutcome.WITHHELD, "UNFOUNDED", "A draft of the refusal.")


@pytest.fixture
def alice(now) -> made.SamplePerson:
    who = made.person("alice", now - timedelta(days=30))
    made.MAKERS["website.enquiry"](who, now - made.RECENT)
    return who


def page_of(subject_request: SubjectRequest) -> str:
    return client_with_grant(subject_request).get(f"/privacy/requests/{subject_request.pk}/").content.decode()


def test_a_decision_is_not_read_before_the_answer_leaves(now):
    subject_request = checked(ask(now, Right.NO_PROSPECTING, Right.ACCESS), now)
    decisions.decide(subject_request.pk, right=Right.ACCESS, decision=NO, now=now)
    client, address = client_with_grant(subject_request), f"/privacy/requests/{subject_request.pk}/"
    page = client.get(address).content.decode()
    assert "No more commercial messages</strong>: granted" in page
    assert "Access to my data</strong>: being examined" in page
    assert "A draft of the refusal." not in page
    decisions.grant(subject_request.pk, now=now)
    assert "A draft of the refusal." in client.get(address).content.decode()


def test_of_a_request_that_is_withdrawn_nothing_is_said_to_be_granted(dpo_client: Client, alice, now):
    subject_request = checked(
        ask(now, Right.RECTIFICATION, Right.ACCESS, email=alice.email, details="My name."), now
    )
    correct(dpo_client, subject_request, enquiry_of(alice), "surname", "Martine")
    follow_up.withdraw(subject_request.pk, now=now)
    page = page_of(subject_request)
    assert "Correction of my data" in page
    assert "granted" not in page
    assert "corrected" not in page


@pytest.mark.parametrize("ending", ["decided", "refused"])
def test_what_was_accepted_but_not_written_is_not_told_as_corrected(
    dpo_client: Client, alice, now, ending: str
):
    others = [] if ending == "refused" else [Right.RESTRICTION]
    subject_request = checked(
        ask(now, Right.RECTIFICATION, *others, email=alice.email, details="My name."), now
    )
    correct(dpo_client, subject_request, enquiry_of(alice), "surname", "Martine")
    if ending == "refused":  # what was accepted met an obstacle, so the right is undecided
        RequestedCorrection.objects.update(setback="CHANGED")
        subject_request.items.update(outcome="", decided_at=None)
        do(dpo_client, subject_request, "refuse", ground="ACCURATE", reason="It is right as it stands.")
    else:
        words = {"ground": "ACCURATE", "reason": "It is right as it stands."}
        do(dpo_client, subject_request, "decide", right="RECTIFICATION", outcome="WITHHELD", **words)
        do(dpo_client, subject_request, "grant")
    assert (
        subject_request.state == {"refused": RequestState.REFUSED, "decided": RequestState.ANSWERED}[ending]
    )
    assert enquiry_of(alice).surname != "Martine"
    mails = "".join(Mail.objects.values_list("text", flat=True))
    told = page_of(subject_request) + words_of(storage.read(last_letter(subject_request).file)) + mails
    assert "corrected" not in told.replace("not corrected", "")
    assert "It is right as it stands." in told


def test_where_nothing_is_held_no_correction_is_told(dpo_client: Client, alice, now):
    subject_request = checked(
        ask(now, Right.RECTIFICATION, Right.RESTRICTION, email=alice.email, details="My name."), now
    )
    correct(dpo_client, subject_request, enquiry_of(alice), "surname", "Martine")
    do(dpo_client, subject_request, "decide", right="RECTIFICATION", outcome="NOTHING")
    do(dpo_client, subject_request, "grant")
    assert subject_request.state == RequestState.ANSWERED
    assert "corrected" not in page_of(subject_request)
