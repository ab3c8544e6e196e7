"""Mandates, and requests that rest on one."""

from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from dsr.identity import mandates
from dsr.intake import submission
from dsr.requests.models import SubjectRequest, UnconfirmedRequest
from privacy.companies.collecting import by_controller
from privacy.files.uploads import CheckedDocument
from tests import documents
from tests.dsr.factories import make_form

MANDATE_FILE = CheckedDocument("mandate.jpg", "image/jpeg", b"signed by Alice")


def mandate_file(content: bytes | None = None, name: str = "mandate.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, documents.pdf("Mandate") if content is None else content)


def submitted(
    now: datetime, answers_to: str = "REPRESENTATIVE", capacity: str = "MANDATE", **changes
) -> UnconfirmedRequest:
    certificate = MANDATE_FILE if capacity == "HEIR" else None
    representation = mandates.Representation(
        "Son", "Zoé", "zoe@example.net", answers_to, MANDATE_FILE, capacity, certificate
    )
    return submission.submit(
        make_form(**changes),
        collection=by_controller(),
        representation=representation,
        language="en",
        now=now,
    )


def mandated(now: datetime, answers_to: str = "REPRESENTATIVE", **changes) -> SubjectRequest:
    unconfirmed_request = submitted(now, answers_to, **changes)
    return submission.confirm(unconfirmed_request.pk, now=now)
