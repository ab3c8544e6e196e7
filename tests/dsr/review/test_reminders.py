"""Reminders before the last day, an alarm after it, a digest each morning, and what waits too long for a proof."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from dsr.identity import verification
from dsr.messages import emails
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.requests.models import SubjectRequest
from dsr.review import decisions, reminders, tasks
from dsr.review.models import Reminder
from dsr.rules.states import RequestState
from privacy.mail.models import Mail
from tests.dsr.factories import make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
RECEIVED = datetime(2026, 8, 31, 9, 0, tzinfo=UTC)  # due on 30 September
DUE = datetime(2026, 9, 30, 9, 0, tzinfo=UTC)


def told(name: str) -> int:
    return Mail.objects.filter(message=name).count()


def days(number: int) -> datetime:
    return DUE + timedelta(days=number)


def test_each_reminder_is_sent_once_on_its_day(settings):
    make_request(RECEIVED)
    sent = []
    for number in range(-30, 1):
        for _ in range(3):  # however often the worker wakes
            if reminders.remind(now=days(number)):
                sent.append(number)
    assert sent == [-number for number in settings.REQUESTS_REMIND_DAYS]
    assert told("request_due") == 4
    last = Mail.objects.filter(message="request_due").latest("written_at")
    for text in (last.text, last.html):
        assert "C’est aujourd’hui le dernier jour" in text


def test_the_days_are_a_setting(settings):
    settings.REQUESTS_REMIND_DAYS = (10,)
    make_request(RECEIVED)
    assert reminders.remind(now=days(-11)) == 0
    assert reminders.remind(now=days(-10)) == 1
    assert reminders.remind(now=days(0)) == 0


def test_after_a_pause_of_the_worker_only_the_nearest_reminder_is_sent():
    make_request(RECEIVED)
    assert reminders.remind(now=days(-1)) == 1
    assert list(Reminder.objects.values_list("reminder_type", flat=True)) == ["1 days"]


def test_overdue_is_an_alarm_every_day_until_it_is_answered():
    subject_request = make_request(RECEIVED)
    for number in (1, 1, 2, 3, 3):
        reminders.remind(now=days(number))
    assert told("request_overdue") == 3
    assert "elle a 3\u00a0jours".replace("\u00a0", " ") in Mail.objects.filter(
        message="request_overdue"
    ).latest("written_at").text.replace("\u00a0", " ")
    decisions.refuse(subject_request.pk, ground="UNFOUNDED", reason="No.", now=days(3))
    assert reminders.remind(now=days(4)) == 0


def test_what_is_suspended_reminds_of_nothing_and_an_extension_begins_anew():
    suspended = make_request(RECEIVED)
    verification.request_proof(suspended.pk, reason="Doubt.", now=RECEIVED)
    extended = make_request(RECEIVED, email="bob@example.org")
    reminders.remind(now=days(-7))
    decisions.extend(extended.pk, reason="Much.", now=days(-6))
    assert [reminders.remind(now=days(number)) for number in (-3, 0, 5)] == [0, 0, 0]
    extended.refresh_from_db()
    week_before = datetime.combine(extended.due_on, RECEIVED.timetz()) - timedelta(days=7)
    assert reminders.remind(now=week_before) == 1


def test_the_digest_leaves_once_a_morning_and_not_where_nothing_is_open():
    assert not reminders.digest(now=days(0))
    make_request(RECEIVED)
    night = datetime(2026, 9, 30, 3, 59, tzinfo=UTC)  # 05:59 in Paris
    assert not reminders.digest(now=night)
    assert reminders.digest(now=night + timedelta(minutes=1))
    assert not reminders.digest(now=days(0))
    assert reminders.digest(now=days(1))
    text = Mail.objects.filter(message="request_digest").latest("written_at").text.replace("\u00a0", " ")
    assert "En retard : 1" in text
    assert "alice" not in text


def test_no_reminder_names_the_person():
    make_request(RECEIVED)
    reminders.remind(now=days(-7))
    reminders.remind(now=days(1))
    for mail in Mail.objects.filter(message__in=["request_due", "request_overdue"]):
        assert "Martin" not in mail.text + mail.html + mail.subject
        assert "alice" not in mail.text + mail.html + mail.subject


def test_a_request_whose_proof_never_comes_is_closed_with_notice_and_can_be_reopened():
    subject_request = make_request(RECEIVED)
    verification.request_proof(subject_request.pk, reason="Doubt.", now=RECEIVED)
    assert "31 October 2026" in Mail.objects.get(message="request_identity").text
    over = emails.PROOF_WAITS.after(RECEIVED)
    assert reminders.close_unproven(now=over - timedelta(seconds=1)) == 0
    assert reminders.close_unproven(now=over) == 1
    assert reminders.close_unproven(now=over) == 0
    subject_request.refresh_from_db()
    assert (subject_request.state, subject_request.closed_at) == (RequestState.CLOSED, over)
    notice = Mail.objects.get(message="request_closed")
    assert "has not come" in notice.text
    assert "CNIL" in notice.text
    decisions.reopen(subject_request.pk, now=over + timedelta(days=1))
    subject_request.refresh_from_db()
    assert subject_request.state == RequestState.RECEIVED
    again = emails.PROOF_WAITS.after(over + timedelta(days=1))
    assert reminders.close_unproven(now=again - timedelta(seconds=1)) == 0
    assert reminders.close_unproven(now=again) == 1


def test_one_that_cannot_be_closed_keeps_back_no_other(monkeypatch):
    broken, other = make_request(RECEIVED), make_request(RECEIVED, email="bob@example.org")
    for subject_request in (broken, other):
        verification.request_proof(subject_request.pk, reason="Doubt.", now=RECEIVED)
    closed = emails.closed

    def failing(request, **facts):
        if request.pk == broken.pk:
            raise OSError("disk full")
        closed(request, **facts)

    monkeypatch.setattr(emails, "closed", failing)
    assert reminders.close_unproven(now=emails.PROOF_WAITS.after(RECEIVED)) == 1
    broken.refresh_from_db()
    assert broken.state == RequestState.RECEIVED


def test_a_proof_that_came_keeps_the_request_open():
    subject_request = make_request(RECEIVED)
    verification.request_proof(subject_request.pk, reason="Doubt.", now=RECEIVED)
    verification.check(
        subject_request.pk, method=IdentityCheckMethod.LETTER, came_on=RECEIVED.date(), now=RECEIVED
    )
    assert reminders.close_unproven(now=RECEIVED + timedelta(days=400)) == 0


def test_the_worker_does_it_all(now, monkeypatch):
    """At seven in Paris, whatever the time is where the tests run: the digest leaves from six on."""
    now = datetime(2026, 11, 23, 6, tzinfo=UTC)
    monkeypatch.setattr("dsr.review.tasks.timezone.now", lambda: now)
    make_request(now - timedelta(days=40))
    with time_machine.travel(now, tick=False):
        tasks.keep_delays()
    assert told("request_overdue") == told("request_digest") == 1
    assert SubjectRequest.objects.open().count() == 1
