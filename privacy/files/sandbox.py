"""Examine one document in a process of its own: :func:`main` reads it from standard input.

Opening a stranger's document means running the stranger's input through large parsers. So it happens here, in a
process with little memory and little time, whose death means "refused" and nothing more. The document comes and goes
by pipe: it never touches the disk.

Exit 0: accepted; standard output is to be kept instead of the document (empty: the document as it is). Exit 3:
refused, with one of the codes of :mod:`privacy.files.uploads` on standard output.
"""

import re
import resource
import signal
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.parsers import expat

import pikepdf

from privacy.files import redraw, showing, workbooks
from privacy.files.errors import REFUSED, WALL_SECONDS, UploadRefusedError

MEMORY_BYTES = 256 * 1024**2  # the interpreter and the parsers map about a quarter of it
CPU_SECONDS = 10

PDF_DEPTH = 60
PDF_OBJECTS = 200_000
PDF_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/XFA", "/RichMediaContent", "/RichMediaSettings"})
PDF_ACTIVE_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/RichMediaExecute", "/GoToE"}
)
PDF_STREAM_BYTES = 128 * 1024**2  # unpacked; a page scanned in colour at 600 points an inch takes 104 MB
PDF_STREAMS_BYTES = 1024**3
UNPACKED_AT_A_TIME = 1024**2
PDF_IMAGE_PIXELS = 64_000_000
PDF_PACKED = frozenset({"/FlateDecode", "/Fl", "/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"})
PDF_ATTACHMENTS = frozenset({"/EF", "/EmbeddedFiles", "/AF"})

DOCX_PARTS = 2000
DOCX_UNPACKED_BYTES = 64 * 1024**2
DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
DOCX_NEEDED = frozenset({"[Content_Types].xml", "word/document.xml"})
DOCX_ACTIVE = re.compile(
    r"vbaproject|vbadata|activex|macrosheet|attachedtoolbars|\.(exe|dll|js|vbs|ps1|hta)$", re.I
)
DOCX_ATTACHED = re.compile(r"oleobject|embeddings/|\.ole$", re.I)
DOCX_XML = (".xml", ".rels")
FIELD_CODES = re.compile(r"\bDDE(AUTO)?\b", re.I)


def examine_pdf(content: bytes) -> bytes:
    """Nothing before or after the PDF, no password, nothing in it that acts by itself, no attachments."""
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise UploadRefusedError("damaged")
    if content[end + 5 :].strip(b"\r\n\t \0") or zipfile.is_zipfile(BytesIO(content)):
        raise UploadRefusedError("mixed")
    try:
        with pikepdf.open(BytesIO(content), inherit_page_attributes=False) as document:
            _examine_objects(document)
    except pikepdf.PasswordError as error:
        raise UploadRefusedError("protected") from error
    except pikepdf.PdfError as error:
        raise UploadRefusedError("damaged") from error
    return b""


def _examine_objects(document: pikepdf.Pdf) -> None:
    if document.is_encrypted:
        raise UploadRefusedError("protected")
    if len(document.objects) > PDF_OBJECTS:
        raise UploadRefusedError("unpacked")
    if not len(document.pages):
        raise UploadRefusedError("damaged")
    room = PDF_STREAMS_BYTES
    for thing in (document.trailer, *document.objects):
        if isinstance(thing, pikepdf.Stream):
            room -= _unpacked_size(thing)
            if room < 0:
                raise UploadRefusedError("unpacked")
        for dictionary in _dictionaries(thing, PDF_DEPTH):
            _examine_dictionary(dictionary)


def _unpacked_size(stream: pikepdf.Stream) -> int:
    """How long it is unpacked, found without keeping it. Raises :class:`UploadRefusedError` above the limits."""
    if _number(stream, "/Width") * _number(stream, "/Height") > PDF_IMAGE_PIXELS:
        raise UploadRefusedError("unpacked")
    named = stream.get("/Filter", ())
    filters = [str(each) for each in named] if isinstance(named, pikepdf.Array) else [str(named)]
    if sum(each in PDF_PACKED for each in filters) > 1:  # packed twice, a thousand times becomes a million
        raise UploadRefusedError("unpacked")
    if filters[:1] not in (["/FlateDecode"], ["/Fl"]):
        return 0
    return _inflated_size(stream.read_raw_bytes())


def _number(stream: pikepdf.Stream, key: str) -> int:
    value = stream.get(key, 0)
    return int(value) if isinstance(value, int | Decimal) else 0


def _inflated_size(packed: bytes) -> int:
    """A stream that is damaged counts as far as it can be read: what draws it reads no further either."""
    size, unpacker = 0, zlib.decompressobj()
    with suppress(zlib.error):
        while packed and not unpacker.eof:
            size += len(unpacker.decompress(packed, UNPACKED_AT_A_TIME))
            packed = unpacker.unconsumed_tail
            if size > PDF_STREAM_BYTES:
                raise UploadRefusedError("unpacked")
    return size


def _dictionaries(thing: Any, depth: int) -> Iterator[Any]:
    """Each dictionary inside ``thing`` that is written in place; indirect objects are visited by their own number."""
    if depth == 0:
        raise UploadRefusedError("unpacked")
    kind = getattr(thing, "_type_code", None)
    if kind in {pikepdf.ObjectType.dictionary, pikepdf.ObjectType.stream}:
        yield thing
        inner = [thing.get(key) for key in thing.keys()]  # noqa: SIM118
    elif kind == pikepdf.ObjectType.array:
        inner = list(thing)
    else:
        return
    for value in inner:
        if not getattr(value, "is_indirect", False):
            yield from _dictionaries(value, depth - 1)


def _examine_dictionary(dictionary: Any) -> None:
    keys = set(dictionary.keys())
    if keys & PDF_ACTIVE_KEYS or str(dictionary.get("/S", "")) in PDF_ACTIVE_ACTIONS:
        raise UploadRefusedError("active")
    if keys & PDF_ATTACHMENTS or str(dictionary.get("/Subtype", "")) == "/FileAttachment":
        raise UploadRefusedError("attached")


def examine_docx(content: bytes) -> bytes:
    """A Word document without macros, embedded objects or remote templates, and of a bounded size unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            _examine_package(package, content)
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        EOFError,
        ValueError,
        OSError,
        expat.ExpatError,
    ) as error:
        raise UploadRefusedError("damaged") from error
    return b""


def _examine_package(package: zipfile.ZipFile, content: bytes) -> None:
    parts = package.infolist()
    names = [part.filename for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise UploadRefusedError("protected")
    if len(parts) > DOCX_PARTS or sum(part.file_size for part in parts) > DOCX_UNPACKED_BYTES:
        raise UploadRefusedError("unpacked")
    if not set(names) >= DOCX_NEEDED:
        raise UploadRefusedError("type")
    if any(map(DOCX_ACTIVE.search, names)):
        raise UploadRefusedError("active")
    if any(map(DOCX_ATTACHED.search, names)):
        raise UploadRefusedError("attached")
    # 22 bytes: the end of central directory record of a zip without a comment.
    begins = min(part.header_offset for part in parts)
    if begins or content[-22:-18] != b"PK\5\6" or len(set(names)) < len(names):
        raise UploadRefusedError("mixed")
    for part in parts:
        _examine_part(part.filename, _unpacked(package, part))


def _unpacked(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """The content of one part, which must be as long as it says, and whole (its checksum)."""
    with package.open(part) as stream:
        content = stream.read(part.file_size + 1)
    if len(content) != part.file_size:
        raise UploadRefusedError("unpacked")
    return content


def _examine_part(name: str, content: bytes) -> None:
    if name == "[Content_Types].xml" and DOCX_MAIN.encode() not in content:
        raise UploadRefusedError("active" if b"macroEnabled" in content else "type")
    if name.lower().endswith(DOCX_XML):
        _examine_xml(content)


def _examine_xml(content: bytes) -> None:
    """Well formed, no document type (entity bombs), no command in a field, nothing external but hyperlinks."""
    parser = expat.ParserCreate()
    codes: list[str] = []
    inside: list[str] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        inside.append(name.rpartition(":")[2])
        elsewhere = attributes.get("TargetMode", "").lower() == "external"
        if elsewhere and not attributes.get("Type", "").endswith("/hyperlink"):
            raise UploadRefusedError("active")
        codes.extend(value for key, value in attributes.items() if key.endswith("instr"))

    def end(name: str) -> None:
        inside.pop()

    def text(data: str) -> None:
        if inside and inside[-1] == "instrText":
            codes.append(data)

    def document_type(*args: object) -> None:
        raise UploadRefusedError("active")

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = document_type
    parser.Parse(content, True)  # noqa: FBT003
    if FIELD_CODES.search("".join(codes)):
        raise UploadRefusedError("active")


def examine_scan(content: bytes) -> bytes:
    """A PDF that passes like any other, and is drawn anew all the same: we need no more of it than what it shows."""
    examine_pdf(content)
    return redraw.draw_pdf(content)


EXAMINATIONS: dict[str, Callable[..., bytes]] = {
    "pdf": examine_pdf,
    "docx": examine_docx,
    "scan": examine_scan,
    "jpeg": redraw.examine_jpeg,
    "png": redraw.examine_png,
    "heic": redraw.examine_heic,
    # To show a document that was examined before; those of a PDF take the number of a page.
    "pdf-text": showing.text_of_page,
    "pdf-picture": showing.picture_of_page,
    "docx-text": showing.text_of_docx,
    # A list of addresses: only its words come back.
    "xlsx-rows": workbooks.rows,
}


def main(kind: str) -> int:
    """Examine standard input as a ``kind``, such as ``pdf`` or ``pdf-text:3``; returns the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(WALL_SECONDS)  # also where nobody is left to end it
    try:
        name, _colon, number = kind.partition(":")
        kept = EXAMINATIONS[name](sys.stdin.buffer.read(), *([int(number)] if number else []))
    except UploadRefusedError as refusal:
        sys.stdout.write(str(refusal))
        return REFUSED
    except (MemoryError, RecursionError):
        sys.stdout.write("unpacked")
        return REFUSED
    sys.stdout.buffer.write(kept)
    return 0
