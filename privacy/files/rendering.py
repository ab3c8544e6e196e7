"""A stored document for the eyes of staff: drawn anew each time somebody looks, in the sandbox, and kept nowhere."""

import json
from dataclasses import dataclass

from django.http import HttpResponse

from privacy.files import examiner, storage
from privacy.files.errors import UploadRefusedError
from privacy.files.models import StoredFile
from privacy.files.uploads import KINDS

PDF, DOCX = KINDS["pdf"].media_type, KINDS["docx"].media_type


class NotShownError(Exception):
    """It cannot be shown; only its original is left."""


class BusyError(Exception):
    """Others are being examined or shown: it can in a moment."""


@dataclass(frozen=True)
class ShownPage:
    """One page of a document. Without ``pages`` there is no picture: its text is all that can be shown.

    ``has_more``: something of it is in the original alone.
    """

    number: int
    pages: int
    text: str
    has_more: bool

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1


def page(file: StoredFile, number: int) -> ShownPage:
    """The text of page ``number``, from 1. Raises the errors above, and :class:`storage.UnreadableFileError`."""
    if file.media_type not in {PDF, DOCX}:
        raise NotShownError
    found = json.loads(_made(file, "docx-text" if file.media_type == DOCX else f"pdf-text:{number}"))
    return ShownPage(number, found["pages"], found["text"], found["more"])


def picture(file: StoredFile, number: int) -> HttpResponse:
    """Page ``number`` of a PDF as a picture, which no browser keeps. Raises as :func:`page` does."""
    if file.media_type != PDF:
        raise NotShownError
    return HttpResponse(
        _made(file, f"pdf-picture:{number}"),
        content_type="image/webp",
        headers={
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _made(file: StoredFile, kind: str) -> bytes:
    content = storage.read(file)
    try:
        return examiner.run(kind, content)
    except UploadRefusedError as refusal:
        raise (BusyError if str(refusal) == "busy" else NotShownError) from refusal
