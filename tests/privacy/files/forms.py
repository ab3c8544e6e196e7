"""A form with a document, as it comes from a browser."""

from datetime import datetime

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from privacy.files import fields


class Letter(fields.DocumentForm):
    name = forms.CharField()
    cv = fields.DocumentField()


def sent(now: datetime, *, name: str = "", file: bytes | None = None, token: str = "") -> Letter:
    files = {} if file is None else {"cv": SimpleUploadedFile("cv.pdf", file)}
    return Letter({"name": name, "cv-kept": token}, files, now=now)
