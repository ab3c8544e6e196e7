"""A document as people may safely look at it: its pages drawn as pictures, and the text that stands on them.

Part of what runs in the process of :mod:`privacy.files.sandbox`, without Django and with little memory.
"""

import json
import unicodedata
import zipfile
from collections.abc import Iterator
from io import BytesIO
from xml.parsers import expat

import pypdfium2

from privacy.files import redraw
from privacy.files.errors import UploadRefusedError

PAGES = 40  # what follows is in the original alone
SIDE = 1_600  # pixels: small print stays readable, and a page takes some 100 kB
TEXT = 200_000  # characters of a page, or of a document without pages
JOINERS = "\u200c\u200d"  # part of the spelling of some languages; other signs of this category only hide or reverse
# Word files hold some texts a second time, in a form for older programs.
TWICE = "Fallback"
LINE_ENDS = {"p", "br", "cr", "tr"}


def picture_of_page(content: bytes, number: int) -> bytes:
    """As WebP. Pages are numbered from 1."""
    drawn = redraw.draw(_page(_opened(content), number), side=SIDE)
    packed = BytesIO()
    drawn.save(packed, "WEBP", quality=85, method=2)
    return packed.getvalue()


def text_of_page(content: bytes, number: int) -> bytes:
    """JSON: the ``text`` of a page, how many ``pages`` can be shown, and whether there are ``more``."""
    document = _opened(content)
    try:
        text = _page(document, number).get_textpage().get_text_bounded()
    except pypdfium2.PdfiumError as error:
        raise UploadRefusedError("damaged") from error
    return _as_json(text, pages=min(len(document), PAGES), more=len(document) > PAGES)


def text_of_docx(content: bytes) -> bytes:
    """The same of a Word document, which has no pages before a program lays it out."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            texts = [_text_of_part(package, name) for name in _parts(package)]
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        EOFError,
        ValueError,
        OSError,
        expat.ExpatError,
    ) as error:
        raise UploadRefusedError("damaged") from error
    return _as_json("\n".join(texts), pages=0, more=False)


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise UploadRefusedError("damaged") from error


def _page(document: pypdfium2.PdfDocument, number: int) -> pypdfium2.PdfPage:
    if not 1 <= number <= min(len(document), PAGES):
        raise UploadRefusedError("pages")
    return redraw.page_of(document, number - 1)


def _as_json(text: str, *, pages: int, more: bool) -> bytes:
    return json.dumps(
        {"text": _plain(text)[:TEXT], "pages": pages, "more": more or len(text) > TEXT}
    ).encode()


def _plain(text: str) -> str:
    """Without signs that cannot be seen, reverse the writing or are none."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        sign
        for sign in lines
        if sign in "\n\t"
        or sign in JOINERS
        or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    ).strip()


def _parts(package: zipfile.ZipFile) -> Iterator[str]:
    """The head of each page, the text, and what stands below it."""
    names = sorted(package.namelist())
    yield from (name for name in names if name.startswith("word/header") and name.endswith(".xml"))
    yield "word/document.xml"
    below = ("word/footer", "word/footnotes", "word/endnotes")
    yield from (name for name in names if name.startswith(below) and name.endswith(".xml"))


def _text_of_part(package: zipfile.ZipFile, name: str) -> str:
    """The text alone: what is external, a field or an instruction is passed over. A document type is refused."""
    parser, found, inside = expat.ParserCreate(), list[str](), list[str]()

    def begin(element: str, _attributes: dict[str, str]) -> None:
        inside.append(element.rpartition(":")[2])
        if inside[-1] in {"tab", "tc"}:
            found.append("\t")

    def end(_element: str) -> None:
        if inside.pop() in LINE_ENDS and TWICE not in inside:
            found.append("\n")

    def text(data: str) -> None:
        if inside and inside[-1] == "t" and TWICE not in inside:
            found.append(data)

    def document_type(*_args: object) -> None:
        raise UploadRefusedError("active")

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, document_type
    with package.open(name) as stream:
        parser.Parse(stream.read(), True)  # noqa: FBT003
    return "".join(found)
