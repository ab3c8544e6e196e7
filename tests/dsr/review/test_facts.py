"""The facts that guards judge by are those of the request, each as it is in the database now."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dsr.identity import mandates, verification
from dsr.lifecycle import assignment
from dsr.package.models import AccessPackage
from dsr.requests.mandate_models import Mandate
from dsr.requests.models import SubjectRequest
from dsr.review import approval, decisions, lift_restriction
from dsr.review.facts import facts_of, possible_transitions
from dsr.rules.guards import RequestFacts
from dsr.rules.rights import Right
from dsr.rules.transitions import Transition
from privacy.audit import trail
from tests.dsr.factories import recipient_notification, sent_letter
from tests.dsr.mandates import mandated
from tests.dsr.steps import ask, checked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


def facts(request: SubjectRequest, at) -> RequestFacts:
    return facts_of(SubjectRequest.objects.get(pk=request.pk), now=at)


def test_of_a_new_request(now):
    new = facts(ask(now, Right.ACCESS, Right.ERASURE), now)
    assert new.outcomes == {Right.ACCESS: "", Right.ERASURE: ""}
    assert {name for name in vars(new) if getattr(new, name) is True} == {
        "may_suspend",
        "may_extend",
        "is_mandate_checked",
    }


def test_a_proof_that_is_awaited_suspends_and_its_check_ends_that(now):
    request, later = ask(now, Right.ACCESS), now + timedelta(days=2)
    verification.request_proof(request.pk, reason="Doubt.", now=now)
    awaited = facts(request, now)
    assert (awaited.is_suspended, awaited.may_suspend, awaited.is_identity_checked) == (True, False, False)
    assert Transition.CLOSE in possible_transitions(request, now=now)
    verification.check(request.pk, method="DOCUMENT", came_on=later.date(), now=later)
    found = facts(request, later)
    assert (found.is_suspended, found.is_identity_checked) == (False, True)


def test_an_extension_is_possible_once_and_in_the_first_month(now):
    request = ask(now, Right.ACCESS)
    assert not facts(request, now + timedelta(days=40)).may_extend
    decisions.extend(request.pk, reason="Much to look at.", now=now)
    assert not facts(request, now).may_extend


def test_a_mandate_is_to_be_checked_and_one_that_was_destroyed_to_be_sent_again(now):
    request = mandated(now)
    assert not facts(request, now).is_mandate_checked
    assert not facts(request, now).is_mandate_missing
    Mandate.objects.filter(request=request).update(file=None)
    assert facts(request, now).is_mandate_missing


def test_a_checked_mandate(now):
    request = mandated(now)
    mandates.check(request.pk, now=now)
    assert facts(request, now).is_mandate_checked


def test_only_a_restriction_that_was_granted_is_announced_to_end_and_once(now):
    request = checked(ask(now, Right.RESTRICTION, details="I contest it."), now)
    assert not facts(request, now).may_announce_lifting
    decisions.grant(request.pk, now=now)
    assert facts(request, now).may_announce_lifting
    day = (now + timedelta(days=7)).date()
    lift_restriction.announce(request.pk, day=day, reason="Checked.", now=now)
    assert not facts(request, now).may_announce_lifting


def test_only_an_answer_that_failed_is_taken_back(now):
    request = checked(ask(now, Right.ACCESS), now)
    decisions.grant(request.pk, now=now)
    assert not facts(request, now).has_failed_package
    AccessPackage.objects.filter(request=request).update(tries=1)
    assert facts(request, now).has_failed_package


def test_only_letters_that_wait_for_the_post_are_to_be_posted(alice, now):
    letter = sent_letter(alice, now)
    assert not facts(letter.request, now).has_letters_to_post
    letter.by_post = True
    letter.save()
    assert facts(letter.request, now).has_letters_to_post
    letter.posted_on = now.date()
    letter.save()
    assert not facts(letter.request, now).has_letters_to_post


def test_only_open_notifications_are_to_be_made(alice, now):
    notification = recipient_notification(alice, now)
    assert not facts(notification.request, now).has_recipients_to_notify
    notification.outcome, notification.closed_at = "", None
    notification.save()
    assert facts(notification.request, now).has_recipients_to_notify


def test_whose_request_it_is_depends_on_who_asks(now):
    request = ask(now, Right.ACCESS)
    with trail.acting("user:1", "test"):
        assignment.assign_to_me(request.pk, now=now)
        mine = facts(request, now)
    with trail.acting("user:2", "test"):
        theirs = facts(request, now)
    assert mine.is_assigned_to_actor
    assert theirs == replace(mine, is_assigned_to_actor=False)


@pytest.mark.parametrize(("who", "is_other"), [("user:1", False), ("user:2", True)])
def test_who_prepared_does_not_approve(now, settings, who: str, is_other: bool):
    settings.REQUESTS_FOUR_EYES = True
    request = ask(now, Right.ACCESS)
    assert not facts(request, now).approval.is_prepared_by_other
    with trail.acting("user:1", "test"):
        approval.prepare_refusal(request.pk, ground="EXCESSIVE", reason="Daily.", now=now)
    with trail.acting(who, "test"):
        found = facts(request, now).approval
    assert (found.is_required, found.is_prepared, found.is_refusal) == (True, True, True)
    assert found.is_prepared_by_other is is_other
