"""Article 19: whoever got the data is told, with proof; the person learns who they are."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from dsr.answer import notifications
from dsr.answer.models import NotificationOutcome, RecipientNotification
from dsr.answer.notifications import NotificationReport
from dsr.identity import verification
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.requests.models import SubjectRequest
from dsr.review import decisions, reminders
from dsr.rules.rights import Right
from privacy.audit.models import AuditEntry
from privacy.files import storage
from privacy.mail.models import Mail
from tests import documents
from tests import holdings as made
from tests.dsr.admin_pages import QUEUE, do, offered, page_of
from tests.dsr.factories import make_request
from tests.dsr.letters import last_letter, words_of
from tests.dsr.pages import client_with_grant
from tests.dsr.steps import correct
from tests.privacy.factories import disclose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


def answered(now, right: Right, *, name: str = "alice") -> SubjectRequest:
    """A request whose person's data had gone to a court and, by its pseudonym alone, nobody else's."""
    person = made.person(name, now)
    disclose(person.email, "Court of Pau", at=now - timedelta(days=9), now=now)
    subject_request = make_request(now, email=person.email, rights=[right.value], details="As I said")
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    decisions.grant(subject_request.pk, now=now)
    return subject_request


def told(now, **changes) -> NotificationReport:
    facts = {
        "outcome": NotificationOutcome.NOTIFIED,
        "notified_on": now.date(),
        "means": "registered letter",
        "proof": "RK 123",
    }
    return NotificationReport(**{**facts, **changes})


@pytest.mark.parametrize("right", [Right.ERASURE, Right.RESTRICTION])
def test_each_recipient_becomes_a_task_and_is_named_in_the_answer(right: Right, now):
    disclose("bob@example.org", "Court of Bordeaux", at=now, now=now)
    subject_request = answered(now, right)
    task = RecipientNotification.objects.get()
    assert (task.request, task.right, task.recipient, task.categories) == (
        subject_request,
        right,
        "Court of Pau",
        ["SURNAME"],
    )
    assert task.due_on == date(2026, 12, 7)
    for text in (
        Mail.objects.get(message="request_answered").text,
        words_of(storage.read(last_letter(subject_request).file)),
    ):
        assert "Court of Pau: surname" in " ".join(text.split())
        assert "Bordeaux" not in text


@pytest.mark.parametrize(("field", "recipients"), [("first_name", []), ("surname", ["Court of Pau"])])
def test_a_correction_is_told_to_who_got_that_kind_of_data_alone(
    dpo_client, now, field: str, recipients: list[str]
):
    alice = made.person("alice", now)
    enquiry = made.MAKERS["website.enquiry"](alice, now - made.RECENT)
    disclose(alice.email, "Court of Pau", at=now, now=now)  # was given the surname
    subject_request = make_request(
        now, email=alice.email, rights=["RECTIFICATION"], details="My name is Alicia"
    )
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    correct(dpo_client, subject_request, enquiry, field, "Alicia")
    decisions.grant(subject_request.pk, now=now)
    assert [
        task.recipient for task in RecipientNotification.objects.filter(right="RECTIFICATION")
    ] == recipients


def test_of_a_correction_made_by_hand_everybody_is_told(dpo_client, now):
    alice = made.person("alice", now)
    disclose(alice.email, "Court of Pau", at=now, now=now)
    subject_request = make_request(
        now, email=alice.email, rights=["RECTIFICATION"], details="My name on paper"
    )
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    do(
        dpo_client,
        subject_request,
        "decide",
        right="RECTIFICATION",
        outcome="SATISFIED",
        reason="Corrected in the paper file.",
    )
    do(dpo_client, subject_request, "grant")
    assert [task.recipient for task in RecipientNotification.objects.all()] == ["Court of Pau"]


def test_of_an_erasure_of_which_everything_is_kept_back_nobody_is_told(dpo_client, now):
    alice = made.person("alice", now)
    disclose(alice.email, "Court of Pau", at=now, now=now)
    subject_request = make_request(now, email=alice.email, rights=["ERASURE"])
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    kept = {"ground": "CLAIMS", "reason": "A dispute is open."}
    do(dpo_client, subject_request, "reserve", right="ERASURE", holding="website.user", **kept)
    do(dpo_client, subject_request, "grant")
    assert subject_request.state == "ANSWERED"
    assert RecipientNotification.objects.count() == 0
    assert "A dispute is open." in Mail.objects.get(message="request_answered").text


def test_without_recipients_there_is_no_task_and_no_word_of_it(now):
    subject_request = make_request(now, rights=["RESTRICTION"], details="As I said")
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    decisions.grant(subject_request.pk, now=now)
    assert RecipientNotification.objects.count() == 0
    assert "article 19" not in Mail.objects.get(message="request_answered").text


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"outcome": "NOTIFIED"},
        {"outcome": "NOTIFIED", "notified_on": "2026-11-23", "means": "letter"},
        {"outcome": "NOTIFIED", "notified_on": "2026-11-23", "proof": "RK 1"},
        {"outcome": "NOTIFIED", "notified_on": "2026-11-24", "means": "letter", "proof": "RK 1"},
        {"outcome": "NOTIFIED", "notified_on": "2026-11-22", "means": "letter", "proof": "RK 1"},
        {"outcome": "IMPOSSIBLE", "means": "letter"},
        {"outcome": "DISPROPORTIONATE", "reason": " "},
    ],
)
def test_a_task_is_not_closed_without_what_shows_it(dpo_client, now, said: dict[str, str]):
    subject_request = answered(now, Right.ERASURE)
    assert "tell" in offered(page_of(dpo_client, subject_request))
    assert (
        do(
            dpo_client, subject_request, "tell", task=str(RecipientNotification.objects.get().pk), **said
        ).status_code
        == 422
    )
    assert RecipientNotification.objects.open().count() == 1


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            {"outcome": "NOTIFIED", "notified_on": "2026-11-23", "means": "letter", "proof": "RK <1>"},
            "RK &lt;1&gt;",
        ),
        ({"outcome": "IMPOSSIBLE", "reason": "The court was closed."}, "The court was closed."),
    ],
)
def test_a_task_is_closed_once_and_shown_to_both(dpo_client, dpo, now, said: dict[str, str], shown: str):
    subject_request = answered(now, Right.ERASURE)
    task = str(RecipientNotification.objects.get().pk)
    do(dpo_client, subject_request, "tell", task=task, **said)
    closed = RecipientNotification.objects.get()
    assert (closed.outcome, closed.closed_at, closed.closed_by) == (said["outcome"], now, f"user:{dpo.pk}")
    page = page_of(dpo_client, subject_request)
    assert shown in page
    assert "tell" not in offered(page)
    theirs = (
        client_with_grant(subject_request).get(f"/privacy/requests/{subject_request.pk}/").content.decode()
    )
    assert "Court of Pau" in theirs
    assert ("told on 23 November 2026" in theirs) is (said["outcome"] == "NOTIFIED")
    again = dpo_client.post(f"{QUEUE}{subject_request.pk}/tell/", {"task": task, **said})
    assert again.status_code == 422  # it is no choice any more
    with pytest.raises(notifications.NotificationClosedError):
        notifications.close(subject_request.pk, task=int(task), report=told(now), now=now)
    assert AuditEntry.objects.filter(action="dsr.request.recipient_notified").count() == 1


def test_a_proof_may_be_a_file_encrypted_and_is_shown_on_record_its_original_behind_a_warning(
    dpo_client, now
):
    subject_request = answered(now, Right.ERASURE)
    file = SimpleUploadedFile("receipt.pdf", documents.pdf(), content_type="application/pdf")
    said = {
        "task": str(RecipientNotification.objects.get().pk),
        "outcome": "NOTIFIED",
        "notified_on": "2026-11-23",
        "means": "letter",
    }
    do(dpo_client, subject_request, "tell", file=file, **said)
    task = RecipientNotification.objects.get()
    assert b"%PDF" not in storage.path_of(task.file_id).read_bytes()
    address = f"{QUEUE}{subject_request.pk}/papers/{task.file_id}/"
    assert address in page_of(dpo_client, subject_request)
    assert f"{address}pages/1/" in dpo_client.get(address).text
    assert dpo_client.get(f"{address}pages/1/")["Content-Type"] == "image/webp"
    assert "as a stranger sent it" in dpo_client.get(f"{address}original/").text
    assert dpo_client.post(f"{address}original/").content.startswith(b"%PDF")
    opened = AuditEntry.objects.filter(action="dsr.document.opened", key=str(subject_request.pk))
    assert opened.count() == 2
    other = make_request(now, email="bob@example.org")
    assert dpo_client.get(f"{QUEUE}{other.pk}/papers/{task.file_id}/").status_code == 404


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2026, 11, 24), None])
def test_nobody_is_told_before_the_data_were_changed_or_in_the_future(now, day: date | None):
    subject_request = answered(now, Right.ERASURE)
    with pytest.raises(notifications.NotificationDateError):
        notifications.close(
            subject_request.pk,
            task=RecipientNotification.objects.get().pk,
            report=told(now, notified_on=day),
            now=now,
        )


@pytest.mark.parametrize(
    "facts",
    [
        {"outcome": "NOTIFIED", "closed_at": True, "notified_on": date(2026, 11, 23), "means": "letter"},
        {"outcome": "NOTIFIED", "closed_at": True, "notified_on": date(2026, 11, 23), "proof": "RK 1"},
        {"outcome": "NOTIFIED", "closed_at": True, "means": "letter", "proof": "RK 1"},
        {"outcome": "IMPOSSIBLE", "closed_at": True},
        {"outcome": "IMPOSSIBLE", "reason": "Gone."},
        {"closed_at": True},
    ],
)
def test_the_database_refuses_a_closed_task_without_its_proof(now, facts):
    answered(now, Right.ERASURE)
    if facts.get("closed_at"):
        facts = {**facts, "closed_at": now}
    with pytest.raises(IntegrityError), transaction.atomic():
        RecipientNotification.objects.update(**facts)


def test_open_tasks_are_reminded_before_and_after_their_last_day_and_counted_in_the_morning(now):
    subject_request = answered(now, Right.ERASURE)
    for days, mails in ((10, 0), (11, 1), (13, 1), (14, 1), (15, 2), (15, 2), (16, 3)):
        at = now + timedelta(days=days)
        reminders.remind_of_recipients(now=at)
        assert Mail.objects.filter(message="request_recipients_due").count() == mails, days
    text = Mail.objects.filter(message="request_recipients_due").latest("written_at").text
    assert "Court of Pau" in text
    assert subject_request.reference in text
    assert not SubjectRequest.objects.open().exists()
    assert reminders.digest(now=now + timedelta(days=1))
    assert ": 1" in Mail.objects.get(message="request_digest").text.split("\n\n")[5]
    notifications.close(
        subject_request.pk, task=RecipientNotification.objects.get().pk, report=told(now), now=now
    )
    assert not reminders.digest(now=now + timedelta(days=2))
    assert reminders.remind_of_recipients(now=now + timedelta(days=17)) == 0
