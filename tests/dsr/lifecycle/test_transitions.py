"""A request from its filing to its end: what each deed changes, and what it refuses."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from dsr.answer import delivery
from dsr.follow_up import follow_up
from dsr.follow_up.models import LinkRequest
from dsr.identity import verification
from dsr.intake import submission
from dsr.lifecycle import notes
from dsr.package.models import AccessPackage
from dsr.requests.case_file import CLOSED_KEEP
from dsr.requests.identity_models import IdentityCheck, IdentityCheckMethod
from dsr.requests.models import UNCONFIRMED_KEEP, SubjectRequest, UnconfirmedRequest
from dsr.review import decisions
from dsr.rules.deadlines import Clock, LateExtensionError, LateSuspensionError, paris_day
from dsr.rules.states import RequestState
from dsr.rules.transitions import IllegalTransitionError, Transition
from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.companies.collecting import by_controller
from privacy.files.models import StoredFile
from privacy.mail.models import Mail
from tests import roles
from tests.dsr.factories import make_form, make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


def mails() -> list[str]:
    return list(Mail.objects.order_by("written_at", "pk").values_list("message", flat=True))


def story(subject_request: SubjectRequest) -> list[str]:
    return list(subject_request.events.values_list("event_type", flat=True))


def test_an_unconfirmed_request_is_no_request_until_it_is_confirmed(now):
    unconfirmed_request = submission.submit(make_form(), collection=by_controller(), language="fr", now=now)
    assert SubjectRequest.objects.count() == 0
    assert mails() == ["request_confirm"]
    subject_request = submission.confirm(unconfirmed_request.pk, now=now + timedelta(days=2))
    assert (subject_request.pk, subject_request.language, subject_request.state) == (
        unconfirmed_request.pk,
        "fr",
        RequestState.RECEIVED,
    )
    assert UnconfirmedRequest.objects.count() == 0
    assert sorted(mails()) == ["request_confirm", "request_received", "request_waiting"]
    assert story(subject_request) == ["RECEIVED", "CONFIRMED"]


def test_the_clock_counts_from_the_day_the_form_was_sent():
    unconfirmed_request = submission.submit(
        make_form(),
        collection=by_controller(),
        language="en",
        now=datetime(2026, 3, 5, 22, 30, tzinfo=UTC),
    )
    subject_request = submission.confirm(unconfirmed_request.pk, now=datetime(2026, 3, 9, tzinfo=UTC))
    assert subject_request.due_on.isoformat() == "2026-04-07"


def test_an_unconfirmed_request_is_confirmed_once_and_not_after_its_days(now):
    unconfirmed_request = submission.submit(make_form(), collection=by_controller(), language="en", now=now)
    late = UNCONFIRMED_KEEP.after(now)
    with pytest.raises(submission.NothingToConfirmError):
        submission.confirm(unconfirmed_request.pk, now=late)
    submission.confirm(unconfirmed_request.pk, now=late - timedelta(seconds=1))
    with pytest.raises(submission.NothingToConfirmError):
        submission.confirm(unconfirmed_request.pk, now=now)
    assert SubjectRequest.objects.count() == 1


def test_the_clock_counts_from_the_day_of_the_form_and_not_from_its_confirmation(now):
    sent_at = datetime(2026, 3, 5, 10, tzinfo=UTC)
    unconfirmed_request = submission.submit(
        make_form(), collection=by_controller(), language="en", now=sent_at
    )
    subject_request = submission.confirm(unconfirmed_request.pk, now=sent_at + timedelta(days=6))
    subject_request.refresh_from_db()
    assert subject_request.received_at == sent_at
    assert subject_request.due_on == subject_request.clock().due_on(date(2026, 3, 11)) == date(2026, 4, 7)


def test_nothing_is_granted_before_the_identity_is_checked(now):
    subject_request = make_request(now)
    with pytest.raises(decisions.IdentityUncheckedError):
        decisions.grant(subject_request.pk, now=now)
    subject_request.refresh_from_db()
    assert subject_request.state == RequestState.RECEIVED
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    decisions.grant(subject_request.pk, now=now)
    subject_request.refresh_from_db()
    assert subject_request.state == RequestState.GRANTED
    assert AccessPackage.objects.get(request=subject_request).built_at is None


def test_who_checked_the_identity_when_and_how_is_kept(now):
    subject_request = make_request(now)
    with trail.acting("user:3", "test"):
        verification.check(subject_request.pk, method=IdentityCheckMethod.LETTER, now=now)
    check = IdentityCheck.objects.get()
    assert (check.checked_by, check.checked_at, check.method) == ("user:3", now, IdentityCheckMethod.LETTER)


def test_a_proof_that_is_awaited_suspends_the_clock_and_its_coming_shifts_it():
    received = datetime(2026, 8, 31, 9, 0, tzinfo=UTC)
    subject_request = make_request(received)
    assert subject_request.due_on.isoformat() == "2026-09-30"
    verification.request_proof(
        subject_request.pk, reason="Two people share this address.", now=received + timedelta(days=10)
    )
    assert SubjectRequest.objects.suspended().get() == subject_request
    overdue = SubjectRequest.objects.open().due_before(date(2026, 12, 1))
    assert list(overdue) == []
    came = received + timedelta(days=14)
    with pytest.raises(decisions.IdentityUncheckedError):
        decisions.grant(subject_request.pk, now=came)
    with pytest.raises(verification.ProofDateError):
        verification.check(
            subject_request.pk, method=IdentityCheckMethod.LETTER, came_on=received.date(), now=came
        )
    verification.check(
        subject_request.pk,
        method=IdentityCheckMethod.LETTER,
        came_on=came.date(),
        now=came + timedelta(days=1),
    )
    subject_request.refresh_from_db()
    assert subject_request.due_on.isoformat() == "2026-10-05"
    assert SubjectRequest.objects.suspended().count() == 0
    assert [row.pk for row in SubjectRequest.objects.due_before(date(2026, 12, 1))] == [subject_request.pk]


def test_asking_twice_or_too_late_is_refused(now):
    subject_request = make_request(now)
    with pytest.raises(LateSuspensionError):
        verification.request_proof(subject_request.pk, reason="Doubt.", now=now + timedelta(days=40))
    verification.request_proof(subject_request.pk, reason="Doubt.", now=now)
    with pytest.raises(LateSuspensionError):
        verification.request_proof(subject_request.pk, reason="Doubt.", now=now)
    assert IdentityCheck.objects.count() == 1


def test_an_extension_is_told_with_its_reason_within_the_first_month():
    received = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
    subject_request = make_request(received)
    with pytest.raises(LateExtensionError):
        decisions.extend(subject_request.pk, reason="Much.", now=datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
    decisions.extend(
        subject_request.pk, reason="Eleven systems.", now=datetime(2026, 2, 28, 9, 0, tzinfo=UTC)
    )
    subject_request.refresh_from_db()
    assert subject_request.due_on.isoformat() == "2026-04-30"
    assert "Eleven systems." in Mail.objects.get(message="request_extended").text
    with pytest.raises(LateExtensionError):
        decisions.extend(subject_request.pk, reason="More.", now=datetime(2026, 2, 28, 10, 0, tzinfo=UTC))


def test_a_date_that_moves_while_the_proof_is_awaited_is_told_as_one(now):
    moves = "this date moves on by a day each day"
    certain, waiting = make_request(now), make_request(now, email="bob@example.org")
    decisions.extend(certain.pk, reason="Eleven systems.", now=now)
    verification.request_proof(waiting.pk, reason="Doubt.", now=now)
    decisions.extend(waiting.pk, reason="Eleven systems.", now=now)
    told = Mail.objects.filter(message="request_extended")
    assert moves not in told.get(to="alice@example.org").text
    for text in (told.get(to="bob@example.org").text, told.get(to="bob@example.org").html):
        assert moves in text
        assert "23 February 2027" in text
    later = now + timedelta(days=60)
    decisions.close(waiting.pk, reason="No proof came.", now=later)
    decisions.reopen(waiting.pk, now=later)
    again = Mail.objects.get(message="request_reopened").text
    assert moves in again
    assert "24 April 2027" not in again  # 24 April is a Saturday
    assert "26 April 2027" in again


def test_a_refusal_carries_ground_reason_cnil_and_court(now):
    subject_request = make_request(now)
    decisions.refuse(subject_request.pk, ground="EXCESSIVE", reason="The tenth this month.", now=now)
    subject_request.refresh_from_db()
    assert (subject_request.state, subject_request.closed_at) == (RequestState.REFUSED, now)
    mail = Mail.objects.get(message="request_refused")
    for text in (mail.text, mail.html):
        assert "excessive" in text
        assert "The tenth this month." in text
        assert "CNIL" in text
        assert "court" in text


def test_the_database_knows_no_refusal_without_ground(now):
    subject_request = make_request(now)
    with pytest.raises(IntegrityError), transaction.atomic():
        SubjectRequest.objects.filter(pk=subject_request.pk).update(state=RequestState.REFUSED, closed_at=now)


def test_a_request_closed_without_proof_can_be_taken_up_again(now):
    subject_request = make_request(now)
    with pytest.raises(decisions.IdentityUncheckedError):
        decisions.close(subject_request.pk, reason="No proof came.", now=now)
    verification.request_proof(subject_request.pk, reason="Doubt.", now=now)
    decisions.close(subject_request.pk, reason="No proof came.", now=now + timedelta(days=60))
    subject_request.refresh_from_db()
    assert subject_request.state == RequestState.CLOSED
    decisions.reopen(subject_request.pk, now=now + timedelta(days=61))
    subject_request.refresh_from_db()
    assert (subject_request.state, subject_request.closed_at) == (RequestState.RECEIVED, None)
    assert subject_request.clock().is_suspended


def test_withdrawing_forgets_the_package_that_was_to_be_built(now):
    subject_request = make_request(now)
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    decisions.grant(subject_request.pk, now=now)
    follow_up.withdraw(subject_request.pk, now=now)
    assert AccessPackage.objects.count() == 0
    assert delivery.build_packages(now=now) == 0
    with pytest.raises(IllegalTransitionError):
        follow_up.withdraw(subject_request.pk, now=now)
    assert StoredFile.objects.filter(media_type="application/zip").count() == 0


def test_each_transition_leaves_one_event_and_one_audit_entry_without_personal_value(now):
    subject_request = make_request(now, details="CANARY in the details")
    decisions.write(subject_request.pk, text="CANARY in a message", now=now)
    follow_up.withdraw(subject_request.pk, now=now)
    assert story(subject_request) == ["RECEIVED", "CONFIRMED", "MESSAGE_WRITTEN", "WITHDRAWN"]
    entries = AuditEntry.objects.filter(action__startswith="dsr.request.")
    assert sorted(entry.action.rpartition(".")[2] for entry in entries) == sorted(
        map(str.lower, story(subject_request))
    )
    told = repr([(entry.action, entry.key, entry.about, entry.detail) for entry in AuditEntry.objects.all()])
    for personal in ("alice", "Martin", "CANARY"):
        assert personal not in told


def test_the_story_cannot_be_rewritten(now):
    subject_request = make_request(now)
    for change in ("UPDATE dsr_requestevent SET event_type = 'GRANTED'", "DELETE FROM dsr_requestevent"):
        with pytest.raises(Exception, match="append-only"), transaction.atomic(), roles.owner():
            connection.cursor().execute(change)
    assert story(subject_request) == ["RECEIVED", "CONFIRMED"]


def test_a_link_goes_to_the_address_of_the_request_alone(now):
    subject_request = make_request(now)
    make_request(now, email="bob@example.org")
    Mail.objects.all().delete()
    for wished in (subject_request.pk, subject_request.pk, "00000000-0000-0000-0000-000000000001"):
        follow_up.request_link(wished, now=now)
    assert follow_up.send_links(now=now) == 1
    assert [(mail.message, mail.to) for mail in Mail.objects.all()] == [("request_link", "alice@example.org")]
    assert LinkRequest.objects.count() == 0


def test_a_link_works_once(now):
    subject_request = make_request(now)
    follow_up.use_link(subject_request.pk, 0, now=now)
    with pytest.raises(follow_up.LinkUsedError):
        follow_up.use_link(subject_request.pk, 0, now=now)
    follow_up.use_link(subject_request.pk, 1, now=now)


def test_nobody_is_written_to_about_a_request_past_its_period(now):
    subject_request = make_request(now)
    follow_up.withdraw(subject_request.pk, now=now)
    end = CLOSED_KEEP.after(now)
    follow_up.request_link(subject_request.pk, now=end)
    assert follow_up.send_links(now=end) == 0
    assert not LinkRequest.objects.exists()
    with pytest.raises(follow_up.LinkUsedError):
        follow_up.use_link(subject_request.pk, 0, now=end)


def test_what_is_done_after_the_end_does_not_move_the_end(now):
    """The period of a request runs from the day on which it was closed."""
    request = make_request(now)
    decisions.refuse(request.pk, ground="EXCESSIVE", reason="Daily.", now=now)
    notes.add(request.pk, text="She telephoned.", now=now + timedelta(days=3))
    request.refresh_from_db()
    assert request.closed_at == now


def test_a_reopening_stands_once_in_the_history(now):
    request = make_request(now)
    verification.request_proof(request.pk, reason="Doubt.", now=now)
    decisions.close(request.pk, reason="No proof came.", now=now)
    decisions.reopen(request.pk, now=now)
    assert request.events.filter(event_type=Transition.REOPEN.event.code).count() == 1


def test_the_audit_trail_is_about_the_pseudonym_of_the_person(now):
    request = make_request(now)
    decisions.write(request.pk, text="Hello.", now=now)
    entry = AuditEntry.objects.get(action="dsr.request.message_written")
    assert entry.about == request.pseudonym() != ""


@pytest.mark.parametrize("days", range(0, 366, 3))
def test_confirmed_at_the_last_moment_weeks_are_left(days):
    """So the last day is never over, nor near, when the person is told of it."""
    sent_at = datetime(2026, 1, 1, 22, 30, tzinfo=UTC) + timedelta(days=days)
    confirmed_on = paris_day(UNCONFIRMED_KEEP.after(sent_at))
    assert Clock(paris_day(sent_at)).days_left(confirmed_on) >= 20
