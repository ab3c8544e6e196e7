"""A stored document for the eyes of staff: drawn anew each time somebody looks, in the sandbox, and kept nowhere."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse

from privacy.files import examiner, storage
from privacy.files.errors import UploadRefusedError
from privacy.files.models import StoredFile
from privacy.files.uploads import KINDS

PDF, DOCX = KINDS["pdf"].media_type, KINDS["docx"].media_type
SHOWN = {PDF, DOCX}


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


def shown(make: Callable[[], ShownPage]) -> dict[str, object]:
    """What `admin/privacy/document.html` shows: a page, or why there is none."""
    try:
        return {"page": make()}
    except BusyError:
        return {"is_busy": True}
    except NotShownError:
        return {}


def page_number(request: HttpRequest) -> int:
    """`?page=`, from 1. What is no number is the first page."""
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 1


def picture_or_404(make: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return make()
    except BusyError:
        return HttpResponse(status=503, headers={"Retry-After": "5"})
    except (NotShownError, storage.UnreadableFileError) as error:
        raise Http404 from error


def can_show(file: StoredFile) -> bool:
    """Whether it may stand here as it was sent: the other kinds are drawn anew when they arrive."""
    return file.media_type in SHOWN


def page(file: StoredFile, number: int) -> ShownPage:
    """The text of page ``number``, from 1. Raises the errors above, and :class:`storage.UnreadableFileError`."""
    if not can_show(file):
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
