"""A letter with the reference of a request joins it: its clock runs on, and what it proves is proved."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from dsr.identity import documents, verification
from dsr.intake import by_post
from dsr.intake.models import IncomingLetter
from dsr.requests.document_models import IdentityProof
from dsr.requests.models import SubjectRequest
from dsr.review import decisions, reminders
from dsr.rules.states import RequestState
from dsr.rules.transitions import Transition
from privacy.files.models import StoredFile
from privacy.mail.models import Mail
from tests import actors
from tests.dsr.by_post import ADDRESS, ENTER, checked_scan, filled, scan
from tests.dsr.factories import make_form, make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


def test_a_letter_with_a_reference_joins_its_request_and_the_clock_runs_on(dpo_client, dpo, now, today):
    subject_request = make_request(now)
    verification.request_proof(subject_request.pk, reason="Two people share this address.", now=now)
    today.move_to(now + timedelta(days=10))
    actors.sign_in(dpo_client, dpo)
    spelt = subject_request.reference.replace("-", " ").lower()
    only = {"reference": spelt, "received_on": "2026-11-30", "identity": "CHECKED", "scan": scan()}
    assert dpo_client.post(ENTER, only).status_code == 302
    subject_request.refresh_from_db()
    assert SubjectRequest.objects.count() == 1
    assert IncomingLetter.objects.get().request == subject_request
    assert not subject_request.clock().is_suspended
    assert subject_request.identity_checks.get().came_on == date(2026, 11, 30)
    assert subject_request.due_on == date(2026, 12, 30)  # a month and seven days
    assert verification.is_checked(subject_request)


def test_a_letter_joins_its_request_once_however_often_the_button_is_pressed(dpo_client, now):
    subject_request = make_request(now)
    only = {"reference": subject_request.reference, "received_on": "2026-11-23", "identity": "NONE"}
    for _click in range(2):
        assert dpo_client.post(ENTER, {**only, "scan": scan()}).url.endswith(f"{subject_request.pk}/change/")
    assert IncomingLetter.objects.count() == 1


def test_a_proof_still_to_be_checked_lets_the_clock_run_on(dpo_client, now):
    subject_request = make_request(now)
    verification.request_proof(subject_request.pk, reason="Doubt.", now=now)
    dpo_client.post(
        ENTER,
        {
            "reference": subject_request.reference,
            "received_on": "2026-11-23",
            "identity": "TO_CHECK",
            "scan": scan(),
        },
    )
    assert not subject_request.clock().is_suspended
    assert not verification.is_checked(subject_request)


def test_a_letter_without_a_proof_leaves_the_clock_as_it_is(dpo_client, now):
    subject_request = make_request(now)
    verification.request_proof(subject_request.pk, reason="Doubt.", now=now)
    dpo_client.post(
        ENTER,
        {
            "reference": subject_request.reference,
            "received_on": "2026-11-23",
            "identity": "NONE",
            "scan": scan(),
        },
    )
    assert subject_request.clock().is_suspended
    assert subject_request.incoming_letters.count() == 1


def test_a_proof_that_came_before_it_was_asked_for_is_questioned(dpo_client, now):
    subject_request = make_request(now)
    verification.request_proof(subject_request.pk, reason="Doubt.", now=now)
    only = {
        "reference": subject_request.reference,
        "received_on": "2026-11-20",
        "identity": "CHECKED",
        "scan": scan(),
    }
    assert "asked for after this day" in dpo_client.post(ENTER, only).content.decode()
    with pytest.raises(by_post.LetterDateError):
        by_post.attach(
            subject_request.pk, by_post.EnteredLetter(date(2026, 11, 20), checked_scan(), "CHECKED"), now=now
        )
    assert IncomingLetter.objects.count() == 0


def test_a_request_closed_for_want_of_a_proof_is_taken_up_again(dpo_client, now):
    subject_request = make_request(now)
    verification.request_proof(subject_request.pk, reason="Doubt.", now=now)
    decisions.close(subject_request.pk, reason="It has not come.", now=now)
    only = {
        "reference": subject_request.reference,
        "received_on": "2026-11-23",
        "identity": "CHECKED",
        "scan": scan(),
    }
    assert dpo_client.post(ENTER, only).status_code == 302
    subject_request.refresh_from_db()
    assert (subject_request.state, subject_request.closed_at) == (RequestState.RECEIVED, None)


def test_a_letter_takes_a_closed_request_up_again_for_good_and_says_so(dpo_client, dpo, now, today):
    subject_request = make_request(now)
    verification.request_proof(subject_request.pk, reason="Doubt.", now=now)
    over = now + timedelta(days=70)
    assert reminders.close_unproven(now=over) == 1
    today.move_to(over)
    actors.sign_in(dpo_client, dpo)
    only = {
        "reference": subject_request.reference,
        "received_on": "2027-02-01",
        "identity": "NONE",
        "scan": scan(),
    }
    assert dpo_client.post(ENTER, only).status_code == 302
    assert reminders.close_unproven(now=over + timedelta(hours=1)) == 0
    assert subject_request.events.filter(event_type=Transition.REOPEN.event.code).count() == 1
    assert Mail.objects.filter(message="request_reopened", to=subject_request.email).count() == 1
    assert reminders.close_unproven(now=over + timedelta(days=70)) == 1  # it waits anew, not for ever


def test_a_letter_that_decides_on_the_identity_destroys_the_copies_that_came_before(dpo_client, now):
    subject_request = make_request(now)
    verification.request_proof(subject_request.pk, reason="Doubt.", now=now)
    documents.submit_proof(subject_request.pk, [checked_scan()], address=ADDRESS, now=now)
    only = {"reference": subject_request.reference, "received_on": "2026-11-23", "scan": scan()}
    dpo_client.post(ENTER, {**only, "identity": "TO_CHECK"})
    assert IdentityProof.objects.count() == 1
    file = IdentityProof.objects.get().file
    dpo_client.post(ENTER, {**only, "identity": "CHECKED", "scan": scan()})
    assert verification.is_checked(subject_request)
    assert IdentityProof.objects.count() == 0
    assert not StoredFile.objects.filter(pk=file.pk).exists()


@pytest.mark.parametrize("day", ["2016-01-31", "0001-01-01"])
def test_no_letter_came_before_there_was_a_company(dpo_client, day: str):
    assert "There was no company then" in dpo_client.post(ENTER, filled(received_on=day)).content.decode()
    writer = by_post.LetterWriter(make_form(), "en", ADDRESS, by_post=True)
    with pytest.raises(by_post.LetterDateError):
        by_post.enter(
            writer, by_post.EnteredLetter(date.fromisoformat(day), checked_scan()), now=timezone.now()
        )
    assert SubjectRequest.objects.count() == 0


def test_no_letter_came_before_the_request_that_it_names(dpo_client, now):
    subject_request = make_request(now)
    only = {
        "reference": subject_request.reference,
        "received_on": "2026-11-22",
        "identity": "NONE",
        "scan": scan(),
    }
    assert "This request was made after this day." in dpo_client.post(ENTER, only).content.decode()
    with pytest.raises(by_post.LetterDateError):
        by_post.attach(subject_request.pk, by_post.EnteredLetter(date(2026, 11, 22), checked_scan()), now=now)
    assert IncomingLetter.objects.count() == 0


def test_a_decided_request_takes_no_letter(dpo_client, now):
    subject_request = make_request(now)
    decisions.refuse(subject_request.pk, ground="UNFOUNDED", reason="No.", now=now)
    page = dpo_client.post(ENTER, filled(reference=subject_request.reference)).content.decode()
    assert "This request is decided." in page
    assert IncomingLetter.objects.count() == 0
