"""Letters that come by post, as the controller enters them."""

from django.core.files.uploadedfile import SimpleUploadedFile

from privacy.files.uploads import CheckedDocument
from tests import documents
from tests.dsr.admin_pages import QUEUE

ENTER = f"{QUEUE}enter/"


ADDRESS = "3 rue des Écoles\n64000 Pau"


def scan() -> SimpleUploadedFile:
    return SimpleUploadedFile("letter.pdf", documents.pdf("A letter"), content_type="application/pdf")


def filled(**changes) -> dict[str, object]:
    facts = {
        "received_on": "2026-11-20", "scan": scan(), "identity": "NONE", "rights": ["ACCESS"], "first_name": "Alice",
        "surname": "Martin", "postal_address": ADDRESS, "language": "fr", "answer": "post", "email": "",
    }  # fmt: skip
    return {**facts, **changes}


def checked_scan() -> CheckedDocument:
    return CheckedDocument("letter.pdf", "application/pdf", documents.pdf())
