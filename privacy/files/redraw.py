"""Pictures and scans, drawn anew, so that they hold nothing but what can be seen.

Part of the examination (see :mod:`privacy.files.sandbox`), which runs without Django and with little memory.
"""

from io import BytesIO

import pi_heif
import pypdfium2
from PIL import Image, ImageOps

from privacy.files.errors import UploadRefusedError

IMAGE_SIDE = 16_000
IMAGE_PIXELS = 64_000_000  # pixels; telephones of 2026 make 50 million
SCAN_PAGES = 20
SCAN_SIDE = 2_200  # an A4 page at 190 points an inch: the small print of an identity card stays readable
INCH = 72


def examine_jpeg(content: bytes) -> bytes:
    """The picture alone, as a JPEG: no place, no date, no thumbnail, nothing after it."""
    return _picture(content, ["JPEG"], "JPEG", "RGB", quality=90)


def examine_png(content: bytes) -> bytes:
    return _picture(content, ["PNG"], "PNG", "RGBA", compress_level=6)


def examine_heic(content: bytes) -> bytes:
    """A telephone's picture as a JPEG, which every computer opens."""
    pi_heif.register_heif_opener(thumbnails=False, decode_threads=1)
    return _picture(content, ["HEIF"], "JPEG", "RGB", quality=90)


def draw_pdf(content: bytes) -> bytes:
    """The pages of a PDF as pictures in a new one: no script, no attachment, no hidden layer comes through."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise UploadRefusedError("damaged") from error
    if len(document) > SCAN_PAGES:
        raise UploadRefusedError("pages")
    pages = [_draw(document[number]) for number in range(len(document))]
    kept = BytesIO()
    pages[0].save(kept, "PDF", save_all=True, append_images=pages[1:], quality=85)
    return kept.getvalue()


def _draw(page: pypdfium2.PdfPage) -> Image.Image:
    """One page, no larger than :data:`SCAN_SIDE` pixels, whatever size it claims."""
    longest = max(page.get_size())
    try:
        scale = min(SCAN_SIDE / longest, 300 / INCH)
        picture: Image.Image = page.render(scale=scale, draw_annots=True).to_pil().convert("RGB")
    except (pypdfium2.PdfiumError, ZeroDivisionError, ValueError) as error:
        raise UploadRefusedError("damaged") from error
    return picture


def _picture(content: bytes, read_as: list[str], kind: str, mode: str, **how: int) -> bytes:
    Image.MAX_IMAGE_PIXELS = None  # our own limit is checked below, before anything is decoded
    try:
        with Image.open(BytesIO(content), formats=read_as) as image:
            if max(image.size) > IMAGE_SIDE or image.width * image.height > IMAGE_PIXELS:
                raise UploadRefusedError("unpacked")
            upright = ImageOps.exif_transpose(image).convert(mode)
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError) as error:
        raise UploadRefusedError("damaged") from error
    bare = Image.new(mode, upright.size)
    bare.paste(upright)
    kept = BytesIO()
    bare.save(kept, kind, **how)
    return kept.getvalue()
