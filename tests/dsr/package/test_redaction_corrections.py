"""A text in which words are struck out and that is corrected too: the words come out nowhere."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from dsr.answer import delivery
from dsr.messages.letter_models import SentLetter
from dsr.package import redaction
from dsr.requests.correction_models import RequestedCorrection
from dsr.requests.models import SubjectRequest
from dsr.rules.rights import Right
from dsr.rules.states import RequestState
from privacy.files import storage
from privacy.mail.models import Mail
from recruitment.applications.models import Application
from tests import holdings as made
from tests.dsr.admin_pages import do
from tests.dsr.letters import words_of
from tests.dsr.packages import unpacked
from tests.dsr.pages import client_with_grant
from tests.dsr.steps import ask, checked, correct

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]
WAS = "Three years with Zoé Dupont"
MARKED = "Three years with [redacted: rights of other people, GDPR, articles 15(4) and 20(4)]"


@pytest.fixture
def application(now) -> Application:
    who = made.person("alice", now - timedelta(days=30))
    row = made.MAKERS["recruitment.application"](who, now - made.RECENT)
    Application.objects.filter(pk=row.pk).update(experience=WAS)
    row.refresh_from_db()
    return row


def both(now: datetime, application: Application, *others: Right) -> SubjectRequest:
    rights = (Right.RECTIFICATION, Right.ACCESS, *others)
    return checked(ask(now, *rights, email=application.email, details="Four."), now)


def redact(subject_request: SubjectRequest, application: Application, now: datetime) -> None:
    found = redaction.text(
        subject_request, "recruitment.application", str(application.pk), "experience", now=now
    )
    redaction.redact(subject_request.pk, found=found, text_hash=found.text_hash, chosen={3, 4}, now=now)


def everything_told(subject_request: SubjectRequest) -> str:
    mails = [mail.text + mail.html for mail in Mail.objects.filter(to=subject_request.email)]
    letters = [
        words_of(storage.read(letter.file)) for letter in SentLetter.objects.filter(request=subject_request)
    ]
    page = client_with_grant(subject_request).get(f"/privacy/requests/{subject_request.pk}/").content.decode()
    return "\n".join([*mails, *letters, page])


def test_what_is_corrected_and_struck_out_is_answered_with_the_words_wished(
    dpo_client: Client, application, now
):
    subject_request = both(now, application)
    correct(dpo_client, subject_request, application, "experience", "Four years")
    redact(subject_request, application, now)
    do(dpo_client, subject_request, "grant")
    assert delivery.build_packages(now=now) == 1
    subject_request.refresh_from_db()
    assert (subject_request.state, subject_request.setback) == (RequestState.ANSWERED, "")
    told, files = everything_told(subject_request), unpacked(subject_request)
    copied = b"".join(content for name, content in files.items() if not name.startswith("files/")).decode()
    assert "Zoé" not in told + copied
    assert MARKED in copied
    assert '"experience": "Four years"' in copied
    assert RequestedCorrection.objects.get().was == MARKED


def test_the_text_of_a_correction_that_is_refused_is_struck_out_too(dpo_client: Client, application, now):
    subject_request = both(now, application)
    correct(
        dpo_client,
        subject_request,
        application,
        "experience",
        "Four years",
        is_accepted="no",
        reason="It was three.",
    )
    redact(subject_request, application, now)
    do(dpo_client, subject_request, "grant")
    delivery.build_packages(now=now)
    subject_request.refresh_from_db()
    told = everything_told(subject_request)
    assert subject_request.state == RequestState.ANSWERED
    assert "Zoé" not in told
    assert "not corrected" in told


def test_an_older_text_of_a_refused_correction_is_left_out_whole(dpo_client: Client, application, now):
    subject_request = both(now, application)
    correct(
        dpo_client,
        subject_request,
        application,
        "experience",
        "Four years",
        is_accepted="no",
        reason="It was three.",
    )
    Application.objects.update(experience="Lately three years with Zoé Dupont")
    redact(subject_request, application, now)
    do(dpo_client, subject_request, "grant")
    delivery.build_packages(now=now)
    assert RequestedCorrection.objects.get().was == MARKED.removeprefix("Three years with ")


def test_a_refusal_of_everything_tells_no_struck_words_either(dpo_client: Client, application, now):
    subject_request = both(now, application)
    correct(
        dpo_client,
        subject_request,
        application,
        "experience",
        "Four years",
        is_accepted="no",
        reason="It was three.",
    )
    redact(subject_request, application, now)
    do(dpo_client, subject_request, "refuse", ground="UNFOUNDED", reason="No.")
    subject_request.refresh_from_db()
    assert subject_request.state == RequestState.REFUSED
    assert "Zoé" not in everything_told(subject_request)


def test_the_preview_says_what_the_letter_will_say(dpo_client: Client, application, now):
    subject_request = both(now, application)
    correct(dpo_client, subject_request, application, "experience", "Four years")
    redact(subject_request, application, now)
    page = dpo_client.post(
        f"/admin/dsr/subjectrequest/{subject_request.pk}/grant/preview/", {}
    ).content.decode()
    assert MARKED in page
    assert "Zoé" not in page
    assert RequestedCorrection.objects.get().was == WAS
    assert (
        len(redaction.still_applicable(subject_request)) == 1
    )  # until it is written, the text is the one that was marked
