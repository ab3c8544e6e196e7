import json
from io import BytesIO

import pytest
from PIL import Image

from privacy.files import examiner, showing
from privacy.files.errors import UploadRefusedError
from tests import documents

pytestmark = pytest.mark.usefixtures("examined_anew")

W, MC = documents.W, "http://schemas.openxmlformats.org/markup-compatibility/2006"


def body(inner: str) -> bytes:
    """A Word document with this inside its body."""
    whole = f'<w:document xmlns:w="{W}" xmlns:mc="{MC}"><w:body>{inner}</w:body></w:document>'
    return documents.docx({"word/document.xml": whole})


def text(content: bytes) -> str:
    return json.loads(showing.text_of_docx(content))["text"]


def run(*texts: str) -> str:
    return "".join(f"<w:r><w:t>{each}</w:t></w:r>" for each in texts)


@pytest.mark.parametrize(
    ("inner", "shown"),
    [
        (f"<w:p>{run('Alice ', 'Martin')}</w:p><w:p>{run('Pau')}</w:p>", "Alice Martin\nPau"),
        (f"<w:p>{run('a')}<w:r><w:tab/><w:br/></w:r>{run('b')}</w:p>", "a\t\nb"),
        (
            f"<w:tbl><w:tr><w:tc><w:p>{run('2020')}</w:p></w:tc><w:tc><w:p>{run('Diploma')}</w:p></w:tc></w:tr></w:tbl>",
            "2020\n\tDiploma",
        ),
        (
            f"<w:p><mc:AlternateContent><mc:Choice>{run('box')}</mc:Choice><mc:Fallback><w:p>{run('box')}</w:p>"
            f"</mc:Fallback></mc:AlternateContent></w:p>",
            "box",
        ),
        (f"<w:p><w:r><w:instrText>HYPERLINK x</w:instrText></w:r>{run('link')}</w:p>", "link"),
        (f"<w:p>{run('in&#x202E;voice&#x200B;.&#xE000;pdf')}</w:p>", "invoice.pdf"),
        (f"<w:p>{run('&lt;script&gt;alert(1)&lt;/script&gt;')}</w:p>", "<script>alert(1)</script>"),
        (f"<w:p>{run('می&#x200C;خواهم')}</w:p>", "می\u200cخواهم"),
    ],
)
def test_the_text_of_a_word_document_is_what_a_reader_sees(inner, shown):
    assert text(body(inner)) == shown


def test_the_head_of_its_pages_stands_first_and_the_foot_last():
    parts = {
        f"word/{name}.xml": f'<w:x xmlns:w="{W}"><w:p>{run(name)}</w:p></w:x>'
        for name in ("footnotes", "footer1", "header1", "comments")
    }
    shown = text(documents.docx(parts, text="Body"))
    assert shown.split() == ["header1", "Body", "footer1", "footnotes"]


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("active", documents.docx({"word/document.xml": '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'})),
        ("damaged", documents.docx({"word/document.xml": "<unclosed>"})),
        ("damaged", b"no zip"),
    ],
)
def test_what_is_no_document_is_not_read(code, content):
    with pytest.raises(UploadRefusedError, match=code):
        showing.text_of_docx(content)


def test_a_very_long_text_is_cut_and_says_so(monkeypatch):
    monkeypatch.setattr(showing, "TEXT", 10)
    found = json.loads(showing.text_of_docx(documents.docx(text="x" * 50)))
    assert found == {"text": "x" * 10, "pages": 0, "more": True}


def test_a_page_of_a_pdf_has_its_text_and_its_picture():
    content = documents.pdf("Diploma of Pau")
    found = json.loads(examiner.run("pdf-text:1", content))
    assert found == {"text": "Diploma of Pau", "pages": 1, "more": False}
    picture = Image.open(BytesIO(examiner.run("pdf-picture:1", content)))
    assert (picture.format, max(picture.size)) == ("WEBP", showing.SIDE)
    assert not picture.getexif()


@pytest.mark.parametrize("number", [0, 2, 41])
@pytest.mark.parametrize("kind", ["pdf-text", "pdf-picture"])
def test_a_page_that_is_not_there_is_not_shown(kind, number):
    with pytest.raises(UploadRefusedError, match="pages"):
        examiner.run(f"{kind}:{number}", documents.pdf())


def test_of_a_book_the_first_pages_are_shown():
    content = documents.blank_pdf(showing.PAGES + 1)
    assert json.loads(showing.text_of_page(content, showing.PAGES)) == {"text": "", "pages": 40, "more": True}
    with pytest.raises(UploadRefusedError, match="pages"):
        showing.picture_of_page(content, showing.PAGES + 1)


@pytest.mark.parametrize(
    "make", [documents.plans_pdf, documents.packed_pictures_pdf, documents.page_bomb_pdf]
)
def test_what_would_take_too_much_is_refused_or_drawn_and_never_hangs(make):
    """Documents that were taken before there were bounds."""
    assert outcome(make()) in {"drawn", "unpacked", "damaged"}


def outcome(content: bytes) -> str:
    try:
        examiner.run("pdf-picture:1", content)
    except UploadRefusedError as refused:
        return str(refused)
    return "drawn"
