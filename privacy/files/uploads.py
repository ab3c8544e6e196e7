"""Uploads: kept in memory up to a limit, and accepted only when a document is what it claims to be.

No plain copy of a document ever touches the disk. Its content is examined by :mod:`privacy.files.sandbox`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NoReturn

import puremagic
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import gettext_lazy as _

from privacy.files import examiner, room
from privacy.files.errors import UploadRefusedError
from privacy.web import sizes

NAME_LENGTH = 100
OPEN_DOCUMENT = re.compile(rb"PK\x03\x04.{26}mimetypeapplication/vnd\.oasis\.opendocument\.text", re.DOTALL)


@dataclass(frozen=True)
class DocumentKind:
    """A kind of document that can be sent: how it begins (a pattern), and how its name may end (the first is ours).

    ``kept_as`` is the kind that it is kept as, where the examination converts it.
    """

    title: str
    media_type: str
    begins: bytes
    endings: tuple[str, ...]
    kept_as: str = ""


KINDS = {
    "pdf": DocumentKind("PDF", "application/pdf", rb"%PDF-", (".pdf",)),
    "docx": DocumentKind(
        "DOCX",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        rb"PK\x03\x04(?!.{26}mimetype)",  # which begins an OpenDocument file
        (".docx",),
    ),
    "jpeg": DocumentKind("JPEG", "image/jpeg", rb"\xff\xd8\xff", (".jpg", ".jpeg", ".jpe", ".jfif")),
    "png": DocumentKind("PNG", "image/png", rb"\x89PNG\r\n\x1a\n", (".png",)),
    # Made by telephones. Four bytes of length come first, then one of several brands.
    "heic": DocumentKind(
        "HEIC", "image/heic", rb"....ftyp(heic|heix|heim|heis|mif1)", (".heic", ".heif"), kept_as="jpeg"
    ),
    # A PDF of which only what can be seen is kept: its pages are drawn anew.
    "scan": DocumentKind("PDF", "application/pdf", rb"%PDF-", (".pdf",)),
}
# What people make of a paper document, with a scanner or with a telephone.
SCANS = ("scan", "jpeg", "png", "heic")
MESSAGES = {
    "empty": _("This file is empty. Please choose another one."),
    "size": _("This file is too big: %(size)s, where at most %(limit)s can be sent."),
    "type": _("Please send a file of this kind: %(kinds)s. This one is something else."),
    "looks": _("Please send a file of this kind: %(kinds)s. This one looks like %(ending)s."),
    "name": _("The name of this file ends in %(ending)s, but it is a %(kind)s inside. Please save it again."),
    "damaged": _(
        "This file is damaged or incomplete. Please save or export it again, then choose the new one."
    ),
    "protected": _(
        "This file is protected by a password. Please save it without protection, then choose it again."
    ),
    "active": _(
        "This document holds a script, a macro or a link to outside parts. Please print it to a new PDF."
    ),
    "attached": _("This document holds other files inside. Please print it to a new PDF, and send that."),
    "mixed": _("This file holds something else before or after the document. Please print it to a new PDF."),
    "pages": _("This document has too many pages. Please send only those that are needed."),
    "unpacked": _("This file is too large once it is opened. Please send a simpler or smaller one."),
    "pixels": _(
        "This picture has more pixels than we can take. Please send a smaller copy, or take it again at a lower "
        "resolution: 12 megapixels are enough."
    ),
    "room": _(
        "We cannot take any file at this moment: there is no room left for it. What you typed is still here: please "
        "try again later, or write to us."
    ),
    "busy": _(
        "Many files are being examined at this moment, so we could not take this one. What you typed is still here: "
        "please choose the file again in a minute."
    ),
}


@dataclass(frozen=True)
class CheckedDocument:
    """A document that was examined and may be stored."""

    name: str
    media_type: str
    content: bytes


def check(upload: "UploadedFile[Any]", *, kinds: Sequence[str] = ("pdf", "docx")) -> CheckedDocument:
    """``upload`` as a document of one of ``kinds`` (see :data:`KINDS`); pictures come back without metadata.

    Raises :class:`ValidationError` with a message that says what to do.
    """
    size = upload.size or 0
    if size > settings.UPLOAD_MAX_BYTES:
        limit = sizes.file_size(settings.UPLOAD_MAX_BYTES)
        refuse("size", size=sizes.file_size(size), limit=limit)
    if not room.is_left_for_upload():
        refuse("room")
    content = upload.read()
    if not content:
        refuse("empty")
    name = safe_name(upload.name or "")
    kind = _kind_of(content, kinds)
    _check_ending(name, kind)
    kept = _examine(content, kind, kinds) or content
    found = KINDS[KINDS[kind].kept_as or kind]
    return CheckedDocument(f"{_stem(name)}{found.endings[0]}", found.media_type, kept)


def refuse(code: str, **facts: object) -> NoReturn:
    raise ValidationError(MESSAGES[code], code=code, params=facts)


def kind_titles(kinds: Sequence[str]) -> str:
    """Such as "PDF, DOCX"."""
    return ", ".join(dict.fromkeys(KINDS[kind].title for kind in kinds))


def safe_name(name: str) -> str:
    """``name`` without folders, control characters or characters that reverse the writing; never empty, never long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    printable = "".join(sign for sign in last if unicodedata.category(sign)[0] not in "CZ" or sign == " ")
    plain = re.sub(r'[<>:"|?*]', "", " ".join(printable.split())).strip()
    stem, point, ending = plain.rpartition(".")
    return plain if len(plain) <= NAME_LENGTH else f"{(stem or plain)[: NAME_LENGTH - 10]}{point}{ending[:8]}"


def _stem(name: str) -> str:
    stem, point, ending = name.rpartition(".")
    return (stem if point and len(ending) <= 8 else name).strip(". ") or "document"


def _kind_of(content: bytes, kinds: Sequence[str]) -> str:
    fitting = [kind for kind in kinds if re.match(KINDS[kind].begins, content, re.DOTALL)]
    if not fitting:
        _refuse_type(content, kinds)
    return fitting[0]


def _refuse_type(content: bytes, kinds: Sequence[str]) -> NoReturn:
    try:
        ending = ".odt" if OPEN_DOCUMENT.match(content) else puremagic.from_string(content[:65536])
    except (puremagic.PureError, ValueError):
        ending = ""
    if ending and ending not in {one for kind in kinds for one in KINDS[kind].endings}:
        refuse("looks", kinds=kind_titles(kinds), ending=ending)
    refuse("type", kinds=kind_titles(kinds))


def _check_ending(name: str, kind: str) -> None:
    """A name may have no ending; one that names another kind is a mistake, or a trick."""
    _stem_part, point, ending = name.rpartition(".")
    said = f".{ending.lower()}"
    if point and re.fullmatch(r"\.[a-z][a-z0-9]{1,7}", said) and said not in KINDS[kind].endings:
        refuse("name", ending=said, kind=KINDS[kind].title)


def _examine(content: bytes, kind: str, kinds: Sequence[str]) -> bytes:
    try:
        return examiner.run(kind, content)
    except UploadRefusedError as refusal:
        code = str(refusal)
    if code == "type":
        refuse("type", kinds=kind_titles(kinds))
    refuse(code)


class InMemoryHandler(FileUploadHandler):
    """Keeps a file in memory; past the limit it goes on counting but keeps nothing more.

    The form then sees a file whose ``size`` is above the limit, and says so beside the field.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.content, self.received = BytesIO(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received <= settings.UPLOAD_MAX_BYTES:
            self.content.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.content.seek(0)
        return InMemoryUploadedFile(
            file=self.content,
            field_name=self.field_name,
            name=self.file_name or "",
            content_type=self.content_type or "",
            size=self.received,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
