"""Pictures and scans, drawn anew, so that they hold nothing but what can be seen.

Part of the examination (see :mod:`privacy.files.sandbox`), which runs without Django and with little memory. So the
size of what would be unpacked is known from the header before anything is, and one picture is in memory at a time.
"""

from collections.abc import Iterator
from io import BytesIO

import pi_heif
import pikepdf
import pypdfium2
from PIL import Image, ImageOps

from privacy.files.errors import UploadRefusedError

IMAGE_SIDE = 16_000
IMAGE_PIXELS = 110_000_000  # pixels, of a JPEG; telephones of 2026 make 50, 64 or 108 million
KEPT_PIXELS = 16_000_000  # larger ones are kept at half their size, which an identity card needs no more than
DECODED_BYTES = 168 * 1024**2
# Bytes that a pixel takes until it is halved; the kinds that are not named are converted first.
PIXEL_BYTES = {"1": 2, "L": 1, "LA": 4, "RGB": 4, "RGBA": 4}
COEFFICIENT_BYTES = 2
HEIC_BYTES = 5  # of a pixel, in both forms through which it is decoded
BAND = 512  # lines of a HEIC that are taken over at a time
SCAN_PAGES = 20
SCAN_SIDE = 2_200  # an A4 page at 190 points an inch: the small print of an identity card stays readable
SCAN_BYTES = 24 * 1024**2  # of all pages drawn: no scanner for viruses takes more by default
INCH = 72


def examine_jpeg(content: bytes) -> bytes:
    """The picture alone, as a JPEG: no place, no date, no thumbnail, nothing after it."""
    with _opened(content, "JPEG") as image:
        unpacked = _coefficient_bytes(image) if image.info.get("progressive") else 0
        _check_decoded(unpacked)
        if image.width * image.height > KEPT_PIXELS:
            _decode_smaller(image, DECODED_BYTES - unpacked)
        return _bare(_upright(image), "JPEG", "RGB", quality=90)


def examine_png(content: bytes) -> bytes:
    with _opened(content, "PNG") as image:
        _check_decoded(image.width * image.height * PIXEL_BYTES.get(image.mode, 5))
        return _bare(_upright(image), "PNG", "RGBA", compress_level=6)


def examine_heic(content: bytes) -> bytes:
    """A telephone's picture as a JPEG, which every computer opens."""
    try:
        picture = pi_heif.open_heif(BytesIO(content), convert_hdr_to_8bit=True)
        _check_size(*picture.size)
        _check_decoded(picture.size[0] * picture.size[1] * HEIC_BYTES)
        return _bare(_taken_over(picture), "JPEG", "RGB", quality=90)
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError) as error:
        raise UploadRefusedError("damaged") from error


def draw_pdf(content: bytes) -> bytes:
    """The pages of a PDF as pictures in a new one: no script, no attachment, no hidden layer comes through."""
    drawn, room = pikepdf.new(), SCAN_BYTES
    for page in pages(content, most=SCAN_PAGES):
        picture = draw(page, side=SCAN_SIDE)
        packed = _packed(picture)
        room -= len(packed)
        if room < 0:
            raise UploadRefusedError("unpacked")
        _add_page(drawn, picture.size, packed)
    kept = BytesIO()
    drawn.save(kept, deterministic_id=True)
    return kept.getvalue()


def pages(content: bytes, *, most: int) -> Iterator[pypdfium2.PdfPage]:
    """The pages of a PDF one by one. Raises :class:`UploadRefusedError` for more than ``most``."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise UploadRefusedError("damaged") from error
    if len(document) > most:
        raise UploadRefusedError("pages")
    for number in range(len(document)):
        page = page_of(document, number)
        yield page
        page.close()  # what was decoded for it goes with it


def page_of(document: pypdfium2.PdfDocument, number: int) -> pypdfium2.PdfPage:
    try:
        return document[number]
    except pypdfium2.PdfiumError as error:
        raise UploadRefusedError("damaged") from error


def draw(page: pypdfium2.PdfPage, *, side: int) -> Image.Image:
    """One page, no larger than ``side`` pixels, whatever size it claims."""
    longest = max(page.get_size())
    try:
        scale = min(side / longest, 300 / INCH)
        picture: Image.Image = page.render(scale=scale, draw_annots=True).to_pil().convert("RGB")
    except (pypdfium2.PdfiumError, ZeroDivisionError, ValueError) as error:
        raise UploadRefusedError("damaged") from error
    return picture


def _packed(picture: Image.Image) -> bytes:
    """A page that would take more than its share of the room is packed more tightly."""
    for quality in (85, 60):
        packed = BytesIO()
        picture.save(packed, "JPEG", quality=quality)
        if packed.tell() <= SCAN_BYTES // SCAN_PAGES:
            break
    return packed.getvalue()


def _add_page(drawn: pikepdf.Pdf, size: tuple[int, int], jpeg: bytes) -> None:
    width, height = size
    page = drawn.add_blank_page(page_size=size)
    picture = drawn.make_stream(
        jpeg,
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=width,
        Height=height,
        ColorSpace=pikepdf.Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )
    page.obj["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Page=picture))
    page.obj["/Contents"] = drawn.make_stream(f"{width} 0 0 {height} 0 0 cm /Page Do".encode())


def _coefficient_bytes(image: Image.Image) -> int:
    """Of a progressive JPEG, which is unpacked as a whole before its first line is: colours mostly at half size."""
    layers = [(across, down) for _id, across, down, _table in image.layer]  # type: ignore[attr-defined]
    whole = max(across for across, _down in layers) * max(down for _across, down in layers)
    share = sum(across * down for across, down in layers) / whole
    return int(image.width * image.height * share * COEFFICIENT_BYTES)


def _decode_smaller(image: Image.Image, room: int) -> None:
    """At the half of its size or, where that takes too much, a quarter: what a JPEG decoder can without the whole."""
    for part in (2, 4):
        width, height = image.width // part, image.height // part
        if width * height * PIXEL_BYTES["RGB"] <= min(room, KEPT_PIXELS * PIXEL_BYTES["RGB"]):
            break
    image.draft("RGB", (width, height))


def _opened(content: bytes, kind: str) -> Image.Image:
    """Its header is read, and its size is one that can be decoded."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit is checked below, before anything is decoded
    try:
        image = Image.open(BytesIO(content), formats=[kind])
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError) as error:
        raise UploadRefusedError("damaged") from error
    _check_size(*image.size)
    return image


def _check_size(width: int, height: int) -> None:
    if max(width, height) > IMAGE_SIDE or width * height > IMAGE_PIXELS:
        raise UploadRefusedError("pixels")


def _check_decoded(size: int) -> None:
    if size > DECODED_BYTES:
        raise UploadRefusedError("pixels")


def _upright(image: Image.Image) -> Image.Image:
    """Decoded, turned as it is to be seen, and of no more pixels than are kept."""
    try:
        image.load()
        if image.width * image.height > KEPT_PIXELS:
            image = _halved(image)
        ImageOps.exif_transpose(image, in_place=True)
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError) as error:
        raise UploadRefusedError("damaged") from error
    return image


def _halved(image: Image.Image) -> Image.Image:
    """The larger one is given up at once: there is no room for both in what follows."""
    if image.mode not in PIXEL_BYTES or image.mode == "1":
        whole = image.convert("L" if image.mode == "1" else "RGBA")
        image.close()
        image = whole
    half = image.reduce(2)
    image.close()
    return half


def _taken_over(picture: pi_heif.HeifFile) -> Image.Image:
    """A decoded HEIC, some lines at a time: all of them twice are more than the memory here."""
    width, height = picture.size
    factor = 2 if width * height > KEPT_PIXELS else 1
    target = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    lines = memoryview(picture.data)
    for top in range(0, height, BAND):
        size = width, min(BAND, height - top)
        part = lines[top * picture.stride : (top + size[1]) * picture.stride]
        band = Image.frombytes(picture.mode, size, part, "raw", picture.mode, picture.stride)
        target.paste(band.convert("RGB").reduce(factor), (0, top // factor))
    return target


def _bare(picture: Image.Image, kind: str, mode: str, **how: int) -> bytes:
    try:
        plain = picture if picture.mode == mode else picture.convert(mode)
    except ValueError as error:
        raise UploadRefusedError("damaged") from error
    plain.info.clear()  # or a profile, a comment and the place would be written again
    kept = BytesIO()
    plain.save(kept, kind, **how)
    return kept.getvalue()
