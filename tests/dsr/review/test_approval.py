"""Four eyes: one prepares, another sends just that."""

from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from dsr.identity import verification
from dsr.package import redaction
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.requests.models import SubjectRequest
from dsr.review import approval, corrections, decisions
from dsr.review.decisions import Decision
from dsr.rules.rights import Right
from dsr.rules.states import RequestState
from dsr.rules.transitions import IllegalTransitionError
from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.mail.models import Mail
from tests import holdings as made
from tests.dsr.admin_pages import QUEUE, do, offered, page_of
from tests.dsr.factories import make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


@pytest.mark.parametrize("approve", ["grant", "refuse"])
def test_who_prepares_approves_by_no_way_in(now, settings, approve: str):
    settings.REQUESTS_FOUR_EYES = True
    subject_request = make_request(now)
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    said = {"ground": "EXCESSIVE", "reason": "No."} if approve == "refuse" else {}
    action = getattr(decisions, approve)
    with pytest.raises(approval.SecondPersonNeededError):  # nobody has prepared it
        action(subject_request.pk, now=now, **said)
    with trail.acting("user:1", "test"):
        approval.prepare_refusal(subject_request.pk, now=now, **said) if said else approval.prepare(
            subject_request.pk, now=now
        )
        with pytest.raises(approval.SecondPersonNeededError):
            action(subject_request.pk, now=now, **said)
    with trail.acting("user:2", "test"):
        action(subject_request.pk, now=now, **said)
    subject_request.refresh_from_db()
    assert (subject_request.prepared_by, subject_request.approved_by) == ("user:1", "user:2")
    with pytest.raises(IntegrityError), transaction.atomic():
        SubjectRequest.objects.filter(pk=subject_request.pk).update(approved_by="user:1")


def decide(subject_request, row, now):
    decisions.decide(subject_request.pk, right=Right.ACCESS, decision=Decision("NOTHING"), now=now)


def withhold(subject_request, row, now):
    because = Decision("WITHHELD", "OTHERS", "It names somebody else.")
    decisions.withhold(
        subject_request.pk, right=Right.ACCESS, holding="website.enquiry", decision=because, now=now
    )


def correct(subject_request, row, now):
    place = corrections.CorrectablePlace("website.enquiry", str(row.pk), "surname", row.surname)
    wished = {"wished": "Martine", "is_accepted": True, "reason": ""}
    corrections.correct(subject_request.pk, place=place, **wished, now=now)


def redact(subject_request, row, now):
    found = redaction.text(subject_request, "website.enquiry", str(row.pk), "message", now=now)
    redaction.redact(subject_request.pk, found=found, text_hash=found.text_hash, chosen={0}, now=now)


@pytest.mark.parametrize("change", [decide, withhold, correct, redact])
def test_what_is_changed_after_it_was_prepared_is_prepared_again(now, settings, change):
    settings.REQUESTS_FOUR_EYES = True
    alice = made.person("alice", now - timedelta(days=30))
    row = made.MAKERS["website.enquiry"](alice, now - made.RECENT)
    subject_request = make_request(
        now, alice.email, rights=[Right.ACCESS, Right.RECTIFICATION], details="My name."
    )
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    with trail.acting("user:1", "test"):
        correct(subject_request, row, now)
        approval.prepare(subject_request.pk, now=now)
    with trail.acting("user:2", "test"):
        change(subject_request, row, now)
        with pytest.raises(approval.SecondPersonNeededError):
            decisions.grant(subject_request.pk, now=now)


def test_nobody_approves_their_own_preparation_by_having_it_prepared_once_more(now, settings):
    settings.REQUESTS_FOUR_EYES = True
    subject_request = make_request(now)
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    for actor in ("user:1", "user:2"):
        with trail.acting(actor, "test"), suppress(IllegalTransitionError):
            approval.prepare(subject_request.pk, now=now)
    with trail.acting("user:1", "test"), pytest.raises(approval.SecondPersonNeededError):
        decisions.grant(subject_request.pk, now=now)


def test_without_the_rule_one_person_does_it_all(now, settings):
    settings.REQUESTS_FOUR_EYES = True
    subject_request = make_request(now)
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    approval.prepare(subject_request.pk, now=now)
    settings.REQUESTS_FOUR_EYES = False
    decisions.grant(subject_request.pk, now=timezone.now())
    subject_request.refresh_from_db()
    assert subject_request.state == RequestState.GRANTED


REFUSAL = {"ground": "EXCESSIVE", "reason": "Your third request this month."}


@pytest.fixture
def refusal(subject_request, now, settings) -> SubjectRequest:
    """A refusal that one person has submitted for another's approval."""
    settings.REQUESTS_FOUR_EYES = True
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    with trail.acting("user:1", "test"):
        approval.prepare_refusal(subject_request.pk, **REFUSAL, now=now)
    return subject_request


def test_a_refusal_leaves_in_the_words_that_were_submitted_and_in_no_others(refusal, dpo_client, dpo, now):
    page = page_of(dpo_client, refusal)
    assert REFUSAL["reason"] in page
    assert {"refuse-as-prepared", "revise"} <= offered(page)
    assert {"refuse", "grant", "prepare", "prepare-refusal"} & offered(page) == set()
    do(dpo_client, refusal, "refuse", ground="EXCESSIVE", reason="Other words.")
    do(dpo_client, refusal, "grant")
    assert refusal.state == RequestState.RECEIVED
    shown = dpo_client.post(f"{QUEUE}{refusal.pk}/refuse-as-prepared/preview/").content.decode()
    looks = AuditEntry.objects.filter(action="dsr.subjectrequest.viewed", key=str(refusal.pk))
    assert looks.latest("pk").source.endswith("/refuse-as-prepared/preview/")  # it begins with the name
    do(dpo_client, refusal, "refuse-as-prepared")
    assert (refusal.state, refusal.ground) == (RequestState.REFUSED, "EXCESSIVE")
    assert (refusal.prepared_by, refusal.approved_by) == ("user:1", f"user:{dpo.pk}")
    assert (refusal.proposed_ground, refusal.proposed_reason) == ("", "")
    mail = Mail.objects.get(message="request_refused")
    assert REFUSAL["reason"] in mail.text
    assert mail.subject in shown
    assert refusal.messages.get().text == REFUSAL["reason"]


def test_other_words_are_submitted_anew_and_by_somebody_else_than_sends_them(refusal, dpo_client, dpo, now):
    do(dpo_client, refusal, "revise")
    page = page_of(dpo_client, refusal)
    assert "is to be submitted anew" in page
    assert REFUSAL["reason"] in page.partition('action="/admin/dsr/subjectrequest/')[2]  # to begin with
    assert {"refuse-as-prepared", "refuse", "grant", "revise"} & offered(page) == set()
    do(dpo_client, refusal, "prepare-refusal", ground="EXCESSIVE", reason="In other words.")
    for action in ("refuse-as-prepared", "refuse"):
        do(dpo_client, refusal, action, ground="EXCESSIVE", reason="In other words.")
        assert refusal.state == RequestState.RECEIVED
    with trail.acting("user:1", "test"):
        decisions.refuse_as_prepared(refusal.pk, now=now)
    assert refusal.messages.get().text == "In other words."


@pytest.mark.parametrize("change", [decide, withhold])
def test_what_is_changed_after_a_refusal_was_submitted_stops_it(refusal, now, change):
    change(refusal, None, now)
    with trail.acting("user:2", "test"), pytest.raises(approval.SecondPersonNeededError):
        decisions.refuse_as_prepared(refusal.pk, now=now)


@pytest.mark.parametrize("four_eyes", [False, True])
def test_no_refusal_is_sent_where_none_was_prepared(subject_request, now, settings, four_eyes):
    settings.REQUESTS_FOUR_EYES = four_eyes
    with pytest.raises(approval.SecondPersonNeededError):
        decisions.refuse_as_prepared(subject_request.pk, now=now)
    subject_request.refresh_from_db()
    assert subject_request.state == RequestState.RECEIVED


def test_an_answer_that_was_submitted_is_not_sent_as_a_refusal(subject_request, now, settings):
    settings.REQUESTS_FOUR_EYES = True
    with trail.acting("user:1", "test"):
        approval.prepare(subject_request.pk, now=now)
        with pytest.raises(IllegalTransitionError):
            approval.prepare_refusal(subject_request.pk, **REFUSAL, now=now)
    with trail.acting("user:2", "test"):
        for refuse in (partial(decisions.refuse, **REFUSAL), decisions.refuse_as_prepared):
            with pytest.raises(approval.SecondPersonNeededError):
                refuse(subject_request.pk, now=now)
        approval.revise(subject_request.pk, now=now)
        with pytest.raises(IllegalTransitionError):
            approval.revise(subject_request.pk, now=now)
