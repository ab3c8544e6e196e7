"""Many applications, each with its encrypted file, made as the site makes them but for the wait for the disk."""

import os
from datetime import datetime, timedelta
from unittest import mock

from django.conf import settings

from privacy.files import storage
from privacy.files.models import StoredFile
from recruitment.applications.models import Application

CHUNK, CV = 2_000, b"%PDF" + b" " * 8_000


def add(surname: str, count: int, *, at: datetime) -> None:
    """Without fsync: creating the data is not measured."""
    with mock.patch.object(os, "fsync"):
        for start in range(0, count, CHUNK):
            _add(surname, range(start, min(count, start + CHUNK)), at)


def _add(surname: str, numbers: range, at: datetime) -> None:
    Application.objects.bulk_create(
        Application(
            surname=surname,
            first_name="Alice",
            email=f"a{number}@example.org",
            qualifications="Some",
            experience="Some",
            cv=file,
            language="en",
            entity=str(settings.ENTITY["siren"]),
            received_at=at,
            last_contact_at=at + timedelta(seconds=number),
        )
        for number, file in zip(numbers, _files(len(numbers), at), strict=True)
    )


def _files(count: int, at: datetime) -> list[StoredFile]:
    """Stored by the site's own code, and their rows written together."""
    with mock.patch.object(StoredFile, "save"):
        files = [
            storage.store(CV, name="cv.pdf", media_type="application/pdf", now=at) for _number in range(count)
        ]
    return StoredFile.objects.bulk_create(files)
