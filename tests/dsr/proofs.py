"""Proofs of identity, and how a person sends them."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dsr.messages.letter_models import SentLetter
from dsr.requests.models import SubjectRequest
from privacy.files.models import StoredFile
from privacy.files.uploads import CheckedDocument

CARD = CheckedDocument("card.jpg", "image/jpeg", b"the card")


def sent_documents():
    """The files that the person sent: all but the letters we wrote."""
    return StoredFile.objects.exclude(pk__in=SentLetter.objects.values("file"))


def sent(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def send(client: Client, subject_request: SubjectRequest, what: str, **files):
    return client.post(f"/privacy/requests/{subject_request.pk}/{what}/", files)
