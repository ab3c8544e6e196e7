import zipfile
import zlib
from io import BytesIO

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.utils import translation
from PIL import Image

from privacy.files import uploads
from tests import documents

# How much room is left for files is counted in the database.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("examined_anew")]

GIF_SCRIPT = b"GIF89a/*\x00\x00*/=1;alert(1)//"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
FALSE_HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512
MACRO_TYPES = documents.DOCX_TYPES.replace(
    "vnd.openxmlformats-officedocument.wordprocessingml.document.main",
    "vnd.ms-word.document.macroEnabled.main",
)
DDE = documents.DOCX_BODY.format("<w:instrText>DDE</w:instrText><w:instrText>AUTO c:\\cmd</w:instrText>")
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'


def sent(content: bytes, name: str = "cv.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def refusal(content: bytes, name: str, *kinds: str) -> str:
    with pytest.raises(ValidationError) as refused:
        uploads.check(sent(content, name), kinds=kinds or ("pdf", "docx"))
    assert refused.value.messages[0]
    return refused.value.code


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("cv.pdf", documents.pdf),
        ("cv.PDF", documents.link_pdf),
        ("no ending", documents.pdf),
        ("Mme. Zoé d'Été.pdf", documents.pdf),
        ("cv.docx", documents.docx),
        (
            "linked.docx",
            lambda: documents.docx({"word/_rels/document.xml.rels": documents.RELATIONS.format("hyperlink")}),
        ),
    ],
)
def test_an_honest_document_is_taken_as_it_is(name, make):
    content = make()
    checked = uploads.check(sent(content, name))
    assert checked.content == content
    assert checked.media_type in {kind.media_type for kind in uploads.KINDS.values()}


@pytest.mark.parametrize(
    ("code", "name", "make"),
    [
        ("empty", "cv.pdf", lambda: b""),
        ("looks", "cv.pdf", lambda: HTML),
        ("looks", "cv.pdf", lambda: GIF_SCRIPT),
        ("looks", "cv.pdf", lambda: OLD_WORD),
        ("type", "cv.pdf", lambda: EICAR),
        ("looks", "cv.pdf", lambda: SVG),
        ("damaged", "cv.pdf", lambda: b"%PDF-1.7\n" + HTML),
        ("damaged", "cv.pdf", lambda: b"%PDF-1.7\n" + HTML + b"\n%%EOF"),
        ("damaged", "cv.pdf", lambda: documents.pdf()[:-200]),
        ("type", "cv.pdf", lambda: b"junk\n" + documents.pdf()),
        ("mixed", "cv.pdf", lambda: documents.pdf() + HTML),
        ("mixed", "cv.pdf", lambda: documents.pdf() + documents.docx()),
        ("mixed", "cv.pdf", lambda: documents.pdf()[:-6] + documents.docx() + b"%%EOF"),
        ("active", "cv.pdf", documents.script_pdf),
        ("active", "cv.pdf", documents.launch_pdf),
        ("attached", "cv.pdf", documents.attached_pdf),
        ("protected", "cv.pdf", lambda: documents.protected_pdf("secret")),
        ("protected", "cv.pdf", lambda: documents.protected_pdf("")),
        ("name", "cv.pdf", documents.docx),
        ("name", "cv.docx", documents.pdf),
        ("name", "cv.pdf.exe", documents.pdf),
        ("name", "cv.docm", documents.docx),
        ("type", "cv.docx", lambda: documents.zipped({"xl/workbook.xml": "<x/>"})),
        ("damaged", "cv.docx", lambda: documents.docx()[:-30]),
        ("damaged", "cv.docx", lambda: documents.docx({"word/document.xml": "<unclosed>"})),
        ("mixed", "cv.docx", lambda: documents.docx() + b"tail"),
        ("mixed", "cv.docx", lambda: b"PK\3\4" + documents.docx()),
        ("active", "cv.docx", lambda: documents.docx({"word/vbaProject.bin": b"x"})),
        ("active", "cv.docx", lambda: documents.docx({"[Content_Types].xml": MACRO_TYPES})),
        ("active", "cv.docx", lambda: documents.docx({"word/document.xml": DDE})),
        ("active", "cv.docx", lambda: documents.docx({"docProps/core.xml": ENTITIES})),
        ("active", "cv.docx", lambda: documents.docx({"docProps/core.xml": ENTITIES.encode("utf-16")})),
        (
            "active",
            "cv.docx",
            lambda: documents.docx(
                {"word/_rels/settings.xml.rels": documents.RELATIONS.format("attachedTemplate")}
            ),
        ),
        ("attached", "cv.docx", lambda: documents.docx({"word/embeddings/oleObject1.bin": b"x"})),
        ("unpacked", "cv.docx", lambda: documents.docx({"word/media/a.bin": b"\0" * 65 * 1024**2})),
        ("unpacked", "cv.docx", lambda: documents.docx({f"word/{n}": b"" for n in range(2001)})),
    ],
)
def test_a_document_that_is_not_what_it_says_is_refused(code, name, make):
    assert refusal(make(), name) == code


def test_an_open_document_is_called_by_its_own_name():
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr("content.xml", "<office:document-content/>")
    with pytest.raises(ValidationError, match=r"PDF, DOCX. This one looks like .odt"):
        uploads.check(sent(packed.getvalue(), "cv.odt"))


def test_a_package_that_lies_about_its_size_is_refused():
    assert refusal(documents.lying_docx(), "cv.docx") in {"unpacked", "damaged"}


def test_a_bomb_costs_little_and_is_refused():
    assert refusal(documents.bomb_pdf(), "cv.pdf") in {"unpacked", "damaged"}


def test_too_big_says_how_big_it_may_be(settings):
    settings.UPLOAD_MAX_BYTES = 1024
    upload = InMemoryUploadedFile(BytesIO(b"x"), "cv", "cv.pdf", "application/pdf", 5000, None)
    with translation.override("fr"), pytest.raises(ValidationError, match="trop gros") as refused:
        uploads.check(upload)
    assert refused.value.code == "size"


@pytest.mark.parametrize("code", uploads.MESSAGES)
def test_each_refusal_is_said_in_french(code):
    english = str(uploads.MESSAGES[code])
    with translation.override("fr"):
        assert str(uploads.MESSAGES[code]) != english


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\CV\\cv.pdf", "cv.pdf"),
        ("cv\u202efdp.pdf", "cvfdp.pdf"),
        ('a"b\r\nX-Evil: 1.pdf', "abX-Evil 1.pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        ("\x00\ud800.pdf", "document.pdf"),
        ("x" * 300 + ".pdf", "x" * 90 + ".pdf"),
        ("Zoe\u0301.pdf", "Zoé.pdf"),
    ],
)
def test_the_name_is_made_harmless(given, kept):
    upload = sent(documents.pdf())
    upload._name = given  # Django would clean some of these itself; a JSON client need not
    assert uploads.check(upload).name == kept


class TestPictures:
    def kept(self, content: bytes, name: str = "card.jpg") -> Image.Image:
        checked = uploads.check(sent(content, name), kinds=("pdf", "jpeg", "png"))
        return Image.open(BytesIO(checked.content))

    def test_place_and_turn_of_a_photo_are_gone_but_it_stands_upright(self):
        kept = self.kept(documents.phone_jpeg())
        assert not kept.getexif()
        assert kept.size == (60, 80)

    @pytest.mark.parametrize("tail", [b"<?php system($_GET[0]); ?>", documents.docx()])
    def test_what_follows_the_picture_is_cut_off(self, tail):
        content = documents.image() + tail
        checked = uploads.check(sent(content, "card.jpg"), kinds=("jpeg",))
        assert tail not in checked.content

    def test_what_a_png_says_besides_is_dropped(self):
        kept = self.kept(documents.image("PNG", icc_profile=b"secret place"), "card.png")
        assert not kept.info

    def test_a_picture_for_the_press_is_made_readable(self):
        assert self.kept(documents.image(mode="CMYK")).mode == "RGB"

    @pytest.mark.parametrize(
        ("code", "name", "content"),
        [
            ("pixels", "card.png", documents.flood_png()),
            ("pixels", "card.png", documents.flood_png(15_000)),
            ("damaged", "card.jpg", documents.image()[:300]),
            ("damaged", "card.png", documents.image("PNG")[:80]),
            ("looks", "card.jpg", documents.HEIC),
            ("damaged", "card.heic", FALSE_HEIC),
            ("damaged", "card.heic", documents.HEIC[:300]),
            ("name", "card.png", documents.HEIC),
            ("looks", "card.jpg", SVG),
            ("looks", "card.jpg", GIF_SCRIPT),
            ("name", "card.pdf", documents.image()),
        ],
    )
    def test_a_bad_picture_is_refused(self, code, name, content):
        kinds = ("pdf", "jpeg", "png", *(["heic"] if code != "looks" else []))
        assert refusal(content, name, *kinds) == code

    @pytest.mark.parametrize(
        ("size", "how", "kept"),
        [
            ((8000, 6000), {}, (4000, 3000)),
            ((8000, 6000), {"progressive": True, "subsampling": 2}, (2000, 1500)),
            ((9248, 6936), {}, (2312, 1734)),
        ],
    )
    def test_a_picture_of_a_good_telephone_is_kept_at_the_half_or_a_quarter(self, size, how, kept):
        content = documents.image(size=size, quality=50, **how)
        assert self.kept(content).size == kept

    def test_one_that_has_to_be_unpacked_as_a_whole_and_is_too_large_says_what_to_do(self):
        content = documents.image(size=(8000, 6000), progressive=True, subsampling=0)
        assert refusal(content, "card.jpg", "jpeg") == "pixels"
        assert "take it again at a lower resolution" in uploads.MESSAGES["pixels"]

    def test_a_telephones_own_kind_comes_back_as_one_that_opens_everywhere(self):
        checked = uploads.check(sent(documents.HEIC + b"<?php ?>", "IMG_0042.HEIC"), kinds=uploads.SCANS)
        assert (checked.name, checked.media_type) == ("IMG_0042.jpg", "image/jpeg")
        assert b"<?php" not in checked.content
        kept = Image.open(BytesIO(checked.content))
        assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (64, 48), {})
        assert kept.getpixel((5, 5)) < (60, 60, 60)


class TestScans:
    def test_only_what_a_page_shows_is_kept(self):
        checked = uploads.check(sent(documents.pdf("Passport"), "passport.pdf"), kinds=uploads.SCANS)
        assert checked.name == "passport.pdf"
        assert b"Passport" not in checked.content
        with pikepdf.open(BytesIO(checked.content)) as drawn:
            (page,) = drawn.pages
            assert len(page.get_images()) == 1
            assert not drawn.attachments

    @pytest.mark.parametrize(
        ("code", "make"),
        [
            ("damaged", lambda: b"%PDF-1.7\n" + HTML),
            ("active", documents.script_pdf),
            ("attached", documents.attached_pdf),
            ("protected", lambda: documents.protected_pdf("secret")),
            ("mixed", lambda: documents.pdf() + documents.docx()),
            ("pages", lambda: documents.blank_pdf(21)),
        ],
    )
    def test_a_bad_one_is_refused(self, code, make):
        assert refusal(make(), "card.pdf", *uploads.SCANS) == code

    def test_a_page_as_large_as_a_house_costs_no_more_than_another(self):
        checked = uploads.check(sent(documents.blank_pdf(1, side=14_400), "plan.pdf"), kinds=uploads.SCANS)
        with pikepdf.open(BytesIO(checked.content)) as drawn:
            (picture,) = drawn.pages[0].get_images().values()
            assert (picture.Width, picture.Height) == (2200, 2200)


def test_the_hostile_documents_are_what_they_claim():
    """A planted flaw that the check must find is worth nothing if it is not there."""
    with pikepdf.open(BytesIO(documents.script_pdf())) as document:
        assert document.Root.OpenAction.S == "/JavaScript"
    assert len(documents.bomb_pdf()) < 8 * 1024**2
    assert zlib.decompress(documents.packed_spaces(3)) == b" " * 3 * 1024**2


@pytest.mark.django_db
def test_more_files_than_any_form_has_are_not_taken_into_memory(client):
    files = {f"file-{number}": sent(b"x") for number in range(4)}
    assert client.post("/contact/", files).status_code == 400
