"""Against the answers that people were promised: for whom, for what reason, by when."""

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission

from dsr.requests.mandate_models import Mandate
from dsr.requests.models import SubjectRequest
from privacy.audit import trail
from privacy.datamap.subjects import Subject
from privacy.rights import objection
from recruitment.applications.models import Application, ArchiveOpening
from softnlabs.website.enquiries.models import Enquiry
from tests import actors
from tests import holdings as made
from tests.dsr.factories import instructions, plain_request
from tests.recruitment.factories import make_application
from tests.sabotage.stage import Stage, tamper
from tests.softnlabs.enquiries.factories import make_enquiry


def application_for_nobody(stage: Stage) -> None:
    make_application(at=stage.now, entity="", policy_version=1)


def application_under_no_version(stage: Stage) -> None:
    make_application(at=stage.now)


def subscription_under_a_version_never_published(stage: Stage) -> None:
    made.subscription(stage.person(), stage.now, entity="818 145 302", policy_version=99)


def choice_for_nobody(stage: Stage) -> None:
    made.consent_event(stage.person(), stage.now)
    tamper("consent_consentevent", "UPDATE consent_consentevent SET entity = '732 829 320'")


def opening_without_reason(stage: Stage) -> None:
    ArchiveOpening.objects.create(
        application=make_application(at=stage.now), opened_at=stage.now, opened_by="user:1", reason=""
    )


def opening_with_a_blank_reason(stage: Stage) -> None:
    ArchiveOpening.objects.create(
        application=make_application(at=stage.now), opened_at=stage.now, opened_by="user:1", reason=" "
    )


def archive_open_to_a_recruiter(stage: Stage) -> None:
    recruiter = actors.make_staff("recruiter@example.org")
    recruiter.user_permissions.add(Permission.objects.get(codename="open_archive"))


def contact_that_never_was(stage: Stage) -> None:
    make_application(at=stage.now - timedelta(days=2), last_contact_at=stage.now - timedelta(days=1))


def contact_about_an_enquiry_that_never_was(stage: Stage) -> None:
    make_enquiry(received_at=stage.now - timedelta(days=2), last_contact_at=stage.now - timedelta(days=1))


def message_that_was_not_counted(stage: Stage) -> None:
    message: Any = made.enquiry_message(stage.person(), stage.now)
    Enquiry.objects.filter(pk=message.enquiry_id).update(
        received_at=stage.now - timedelta(days=1), last_contact_at=stage.now - timedelta(days=1)
    )


def contact_in_the_future(stage: Stage) -> None:
    make_application(at=stage.now + timedelta(days=1))


def contact_for_one_application_alone(stage: Stage) -> None:
    make_application(at=stage.now - timedelta(days=2))
    make_application(at=stage.now - timedelta(days=1))


def archive_that_outlives_its_objection(stage: Stage) -> None:
    make_application(at=stage.now, ends_at=stage.now + timedelta(days=900))


def archive_objection_undone(stage: Stage) -> None:
    make_application("carol@example.org", at=stage.now)
    with trail.acting("user:1", "test"):
        objection.object_to(
            Subject.of_email("carol@example.org"), ["recruitment.application:archive"], now=stage.now
        )
    Application.objects.filter(email="carol@example.org").update(ends_at=None)


def page_that_lacks_what_is_held(stage: Stage) -> None:
    made.enquiry(stage.person(), stage.now)
    stage.monkeypatch.setattr(apps.get_app_config("dsr"), "my_data", ())


def late_answer(stage: Stage) -> None:
    plain_request("alice@example.org", "Alice", stage.now - timedelta(days=1), state="RECEIVED")


def recipient_not_told(stage: Stage) -> None:
    subject_request = plain_request("alice@example.org", "Alice", stage.now)
    subject_request.recipient_notifications.create(
        right="ERASURE", recipient="Sender", is_processor=True, categories=["EMAIL"], opened_at=stage.now,
        due_on=stage.now.date() - timedelta(days=1),
    )  # fmt: skip


def answer_without_a_checked_mandate(stage: Stage) -> None:
    subject_request = plain_request("alice@example.org", "Alice", stage.now, state="ANSWERED")
    _unchecked_mandate(stage, subject_request)


def right_done_without_a_checked_mandate(stage: Stage) -> None:
    subject_request = plain_request("alice@example.org", "Alice", stage.now, state="RECEIVED")
    subject_request.items.create(
        right="ERASURE", outcome="SATISFIED", decided_at=stage.now, done_at=stage.now
    )
    _unchecked_mandate(stage, subject_request)


def heirs_answered_before_a_look_at_the_instructions(stage: Stage) -> None:
    subject_request = plain_request("alice@example.org", "Alice", stage.now, state="ANSWERED")
    _of_dead(stage, subject_request)


def instructions_overlooked(stage: Stage) -> None:
    """Said to be none, though they stood under the address."""
    person = stage.person()
    instructions(person, stage.now)
    subject_request = plain_request(person.email, "Alice", stage.now, state="ANSWERED")
    _of_dead(stage, subject_request, instructions="NONE", instructions_read_at=stage.now)


def _of_dead(stage: Stage, subject_request: SubjectRequest, **facts: object) -> None:
    sent = {"digest": "0" * 64, "answers_to": "REPRESENTATIVE", "sent_at": stage.now}
    Mandate.objects.create(request=subject_request, capacity="HEIR", **sent, **facts)


def _unchecked_mandate(stage: Stage, subject_request: SubjectRequest) -> None:
    Mandate.objects.create(request=subject_request, digest="0" * 64, answers_to="PERSON", sent_at=stage.now)
