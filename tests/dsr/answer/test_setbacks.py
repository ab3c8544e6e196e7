"""A correction that can no longer be written brings the request back to the desk; nobody is told what is not true."""

from datetime import timedelta

import pytest
from django.test import Client

from dsr.answer import delivery, setbacks
from dsr.follow_up import follow_up
from dsr.package import archive
from dsr.package.models import AccessPackage
from dsr.package.redaction_models import TextChangedError
from dsr.requests.correction_models import RequestedCorrection
from dsr.requests.item_models import RequestItem
from dsr.requests.models import SubjectRequest
from dsr.review import approval, decisions
from dsr.rules.rights import Right
from dsr.rules.states import RequestState
from dsr.rules.transitions import IllegalTransitionError, Transition
from privacy.audit import trail
from privacy.datamap.subjects import fingerprint
from privacy.files import storage
from privacy.mail.models import Mail
from softnlabs.website.accounts.models import User
from softnlabs.website.enquiries.models import Enquiry
from tests import holdings as made
from tests.dsr.admin_pages import QUEUE, do, offered, page_of
from tests.dsr.steps import ask, checked, correct, enquiry_of, outcomes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]
DECIDED = {"request_answered", "request_ready", "request_refused"}


@pytest.fixture
def alice(now) -> made.SamplePerson:
    who = made.person("alice", now - timedelta(days=30))
    made.MAKERS["website.enquiry"](who, now - made.RECENT)
    return who


def gone(who: made.SamplePerson) -> None:
    enquiry_of(who).delete()


def changed(who: made.SamplePerson) -> None:
    Enquiry.objects.filter(email=who.email).update(surname="Another")


def renamed(who: made.SamplePerson) -> None:
    """The row is somebody else's by now."""
    Enquiry.objects.filter(email=who.email).update(email="carol@example.org")


SETBACKS = [
    (gone, "GONE", "the record is gone"),
    (changed, "CHANGED", "another value stands there now"),
    (renamed, "GONE", "the record is gone"),
]


@pytest.mark.parametrize("with_package", [False, True])
@pytest.mark.parametrize(("meanwhile", "setback", "words"), SETBACKS)
def test_it_comes_back_to_the_desk_and_says_why(
    dpo_client: Client, alice, now, meanwhile, setback, words, with_package
):
    rights = [Right.RECTIFICATION, Right.ACCESS] if with_package else [Right.RECTIFICATION]
    subject_request = checked(ask(now, *rights, email=alice.email), now)
    due_on = subject_request.due_on
    correct(dpo_client, subject_request, enquiry_of(alice), "surname", "Martine")
    if with_package:
        do(dpo_client, subject_request, "grant")
        assert subject_request.state == RequestState.GRANTED
    meanwhile(alice)
    if with_package:
        assert delivery.build_packages(now=now) == 0
        subject_request.refresh_from_db()
        assert Mail.objects.filter(message="request_returned").count() == 1
        assert AccessPackage.objects.count() == 0
    else:
        response = dpo_client.post(f"{QUEUE}{subject_request.pk}/grant/", follow=True).content.decode()
        assert "A correction can no longer be written." in response
        subject_request.refresh_from_db()
    assert (subject_request.state, subject_request.due_on, subject_request.setback) == (
        RequestState.RECEIVED,
        due_on,
        "CORRECTION",
    )
    assert RequestedCorrection.objects.get().setback == setback
    assert outcomes(subject_request)["RECTIFICATION"] == ""
    page = page_of(dpo_client, subject_request)
    assert words in page
    assert "The answer could not be made as it was decided." in page
    assert "grant" not in offered(page)
    assert subject_request.events.filter(event_type=Transition.RETURN.event.code).count() == 1
    assert not Mail.objects.filter(message__in=DECIDED).exists()
    assert delivery.build_packages(now=now) == 0
    assert not AccessPackage.objects.waiting().exists()  # nobody tries for ever


def test_what_has_changed_is_decided_on_anew_and_then_written(dpo_client, alice, now):
    subject_request = checked(ask(now, Right.RECTIFICATION, email=alice.email), now)
    correct(dpo_client, subject_request, enquiry_of(alice), "surname", "Martine")
    changed(alice)
    do(dpo_client, subject_request, "grant")
    correct(dpo_client, subject_request, enquiry_of(alice), "surname", "Martine")
    assert RequestedCorrection.objects.get().was == "Another"
    do(dpo_client, subject_request, "grant")
    assert (subject_request.state, subject_request.setback) == (RequestState.ANSWERED, "")
    assert enquiry_of(alice).surname == "Martine"


def test_what_is_gone_can_only_be_refused_and_the_person_is_told_the_truth(dpo_client, alice, now):
    subject_request = checked(ask(now, Right.RECTIFICATION, email=alice.email), now)
    row = enquiry_of(alice)
    correct(dpo_client, subject_request, row, "surname", "Martine")
    place = f"website.enquiry {row.pk} surname {fingerprint(row.surname)[:12]}"
    gone(alice)
    do(dpo_client, subject_request, "grant")
    again = {"place": place, "wished": "Martine"}
    assert (
        do(dpo_client, subject_request, "correct", **again, is_accepted="yes", reason="").status_code == 422
    )
    do(dpo_client, subject_request, "correct", **again, is_accepted="no", reason="It was erased on Monday.")
    assert outcomes(subject_request) == {"RECTIFICATION": "NOTHING"}
    do(dpo_client, subject_request, "grant")
    assert subject_request.state == RequestState.ANSWERED
    text = Mail.objects.get(message="request_answered").text
    assert "nothing is held" in text
    assert "It was erased on Monday." in text
    assert "not corrected" in text
    assert "accurate" not in text


def test_one_that_can_be_written_waits_for_the_other_and_neither_is_done_alone(dpo_client, alice, now):
    subject_request = checked(ask(now, Right.RECTIFICATION, email=alice.email), now)
    row, user = enquiry_of(alice), User.objects.get(pk=alice.account)
    correct(dpo_client, subject_request, row, "surname", "Martine")
    correct(dpo_client, subject_request, user, "first_name", "Alicia")
    gone(alice)
    do(dpo_client, subject_request, "grant")
    user.refresh_from_db()
    assert (subject_request.state, user.first_name) == (RequestState.RECEIVED, alice.canary)
    assert set(RequestedCorrection.objects.values_list("field", "setback")) == {
        ("surname", "GONE"),
        ("first_name", ""),
    }
    correct(dpo_client, subject_request, row, "surname", "Martine", is_accepted="no", reason="It was erased.")
    assert outcomes(subject_request) == {"RECTIFICATION": "SATISFIED"}
    do(dpo_client, subject_request, "grant")
    user.refresh_from_db()
    assert (subject_request.state, user.first_name) == (RequestState.ANSWERED, "Alicia")


def test_a_value_that_somebody_else_took_meanwhile_comes_back_too(dpo_client, alice, now):
    subject_request = checked(ask(now, Right.RECTIFICATION, email=alice.email), now)
    user = User.objects.get(pk=alice.account)
    correct(dpo_client, subject_request, user, "email", "new@example.org")
    User.objects.create_user("new@example.org")
    do(dpo_client, subject_request, "grant")
    assert (subject_request.state, RequestedCorrection.objects.get().setback) == (
        RequestState.RECEIVED,
        "UNFIT",
    )
    assert "the value does not fit, or is taken" in page_of(dpo_client, subject_request)


def test_of_two_corrections_of_one_record_only_the_one_that_stands_in_the_way_is_marked(
    dpo_client, alice, now
):
    subject_request = checked(ask(now, Right.RECTIFICATION, email=alice.email), now)
    for field in ("surname", "first_name"):
        correct(dpo_client, subject_request, enquiry_of(alice), field, "Martine")
    changed(alice)
    do(dpo_client, subject_request, "grant")
    assert set(RequestedCorrection.objects.values_list("field", "setback")) == {
        ("surname", "CHANGED"),
        ("first_name", ""),
    }


def test_what_came_back_is_prepared_again_before_a_second_person_approves(dpo_client, alice, now, settings):
    settings.REQUESTS_FOUR_EYES = True
    subject_request = checked(ask(now, Right.RECTIFICATION, Right.ACCESS, email=alice.email), now)
    correct(dpo_client, subject_request, enquiry_of(alice), "surname", "Martine")
    with trail.acting("user:1", "test"):
        approval.prepare(subject_request.pk, now=now)
    with trail.acting("user:2", "test"):
        decisions.grant(subject_request.pk, now=now)
    changed(alice)
    delivery.build_packages(now=now)
    subject_request.refresh_from_db()
    assert (subject_request.state, subject_request.prepared_by) == (RequestState.RECEIVED, "")


def test_an_answer_whose_making_fails_can_be_taken_back_by_hand(dpo_client, alice, now, monkeypatch):
    subject_request = checked(ask(now, Right.ACCESS, email=alice.email), now)
    do(dpo_client, subject_request, "grant")
    assert "take-back" not in offered(page_of(dpo_client, subject_request))
    monkeypatch.setattr(storage, "store", lambda *_arguments, **_named: 1 / 0)
    delivery.build_packages(now=now)
    monkeypatch.undo()
    assert "take-back" in offered(page_of(dpo_client, subject_request))
    do(dpo_client, subject_request, "take-back")
    assert (subject_request.state, subject_request.setback, subject_request.closed_at) == (
        RequestState.RECEIVED,
        "BY_HAND",
        None,
    )
    do(dpo_client, subject_request, "refuse", ground="UNFOUNDED", reason="No.")
    assert (
        subject_request.state == RequestState.RECEIVED
    )  # the copy is still granted: that has to be decided first
    do(dpo_client, subject_request, "grant")
    assert delivery.build_packages(now=now) == 1
    subject_request.refresh_from_db()
    assert (subject_request.state, subject_request.setback) == (RequestState.ANSWERED, "")


def test_a_withdrawal_wins_over_the_way_back(dpo_client, alice, now):
    subject_request = checked(ask(now, Right.ACCESS, email=alice.email), now)
    decisions.grant(subject_request.pk, now=now)
    SubjectRequest.objects.filter(pk=subject_request.pk).update(state=RequestState.WITHDRAWN, closed_at=now)
    with pytest.raises(IllegalTransitionError):
        setbacks.take_back(subject_request.pk, now=now)
    assert RequestItem.objects.get().outcome == "SATISFIED"


def test_a_withdrawal_while_the_answer_fails_is_no_error_of_the_worker(dpo_client, alice, now, monkeypatch):
    """The worker holds the request no more when it brings it back: it may be withdrawn by then."""
    subject_request, other = (checked(ask(now, Right.ACCESS, email=alice.email), now) for _number in range(2))
    for each in (subject_request, other):
        decisions.grant(each.pk, now=now)
    take_back = setbacks.return_to_review

    def late(request_id, error, *, now) -> None:
        follow_up.withdraw(subject_request.pk, now=now)
        take_back(request_id, error, now=now)

    def failing(request, *, now) -> archive.CompiledPackage:
        if request.pk == subject_request.pk:
            raise TextChangedError
        return archive.CompiledPackage(b"a copy", now + timedelta(days=14))

    monkeypatch.setattr(archive, "compile_zip", failing)
    monkeypatch.setattr(setbacks, "return_to_review", late)
    assert delivery.build_packages(now=now) == 1
    subject_request.refresh_from_db()
    assert subject_request.state == RequestState.WITHDRAWN
