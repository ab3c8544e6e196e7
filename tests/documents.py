"""Documents, good and hostile, made on the spot: what a stranger may send as a CV or as a proof of identity."""

import base64
import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO

import pikepdf
from PIL import Image

DOCX_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml"
ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DOCX_BODY = f'<w:document xmlns:w="{W}"><w:body><w:p><w:r>{{}}</w:r></w:p></w:body></w:document>'
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{RELATION}/{{}}" Target="https://example.com/x" TargetMode="External"/>'
    "</Relationships>"
)


def pdf(text: str = "Curriculum vitae", **root: object) -> bytes:
    """A PDF of one page with ``text``; ``root`` adds entries to its catalogue."""
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=(595, 842))
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = document.make_stream(f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET".encode())
        for name, value in root.items():
            document.Root[f"/{name}"] = value
        return saved(document)


def blank_pdf(pages: int, side: int = 200) -> bytes:
    """A PDF of so many empty pages, of ``side`` times ``side`` points."""
    with pikepdf.new() as document:
        for _page in range(pages):
            document.add_blank_page(page_size=(side, side))
        return saved(document)


def saved(document: pikepdf.Pdf, **how: object) -> bytes:
    """``document`` as bytes."""
    target = BytesIO()
    document.save(target, deterministic_id="encryption" not in how, **how)
    return target.getvalue()


def script_pdf() -> bytes:
    """A PDF that runs a script when it is opened."""
    return pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)"))


def launch_pdf() -> bytes:
    """A PDF that starts a programme, hidden deep in an annotation of its page."""
    with pikepdf.open(BytesIO(pdf())) as document:
        action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action
        )
        document.pages[0].Annots = pikepdf.Array([link])
        return saved(document)


def link_pdf() -> bytes:
    """A PDF with an ordinary link to a web page, as many CVs have."""
    with pikepdf.open(BytesIO(pdf())) as document:
        action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.com/portfolio")
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action
        )
        document.pages[0].Annots = pikepdf.Array([link])
        return saved(document, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def attached_pdf() -> bytes:
    """A PDF with another file inside."""
    with pikepdf.open(BytesIO(pdf())) as document:
        document.attachments["invoice.exe"] = b"MZ"
        return saved(document)


def protected_pdf(password: str) -> bytes:
    """A PDF under a password (an empty one: it opens, but forbids copying)."""
    with pikepdf.open(BytesIO(pdf())) as document:
        return saved(document, encryption=pikepdf.Encryption(user=password, owner="owner"))


def bomb_pdf() -> bytes:
    """A PDF of 4 MB whose table of objects unpacks to 4 GB."""
    body = packed_spaces(4096)
    head = b"%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    stream_at = len(head)
    stream = b"5 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(body)
    stream += body + b"\nendstream endobj\n"
    table_at = stream_at + len(stream)
    rows = [(0, 0, 65535), (1, 9, 0), (2, 5, 0), (2, 5, 1), (2, 5, 2), (1, stream_at, 0), (1, table_at, 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    return head + stream + (
        b"6 0 obj<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Length %d>>stream\n" % len(table)
        + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % table_at
    )  # fmt: skip


def plans_pdf() -> bytes:
    """A PDF of 20 pages as large as a house, each with something drawn on all of it."""
    with pikepdf.open(BytesIO(blank_pdf(20, side=14_400))) as document:
        lines = " ".join(f"{n * 90} 0 m {14_400 - n * 90} 14400 l S" for n in range(160))
        for page in document.pages:
            page.Contents = document.make_stream(lines.encode())
        return saved(document)


def packed_pictures_pdf() -> bytes:
    """A PDF of a few kilobytes with a picture of 50 million pixels on each of its 20 pages."""
    return _page_of_pictures(7_000, 7_000)


def page_bomb_pdf() -> bytes:
    """A PDF whose page unpacks to 150 MB."""
    with pikepdf.open(BytesIO(blank_pdf(1))) as document:
        twice = zlib.compress(packed_spaces(150), 9)
        page = document.pages[0]
        page.Contents = document.make_stream(zlib.decompress(twice), Filter=pikepdf.Name.FlateDecode)
        page.Contents.write(twice, filter=pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode]))
        return saved(document)


def _page_of_pictures(width: int, height: int) -> bytes:
    with pikepdf.open(BytesIO(blank_pdf(20))) as document:
        row = zlib.compressobj(9)
        packed = b"".join(row.compress(b"\x80" * width * 3) for _line in range(height)) + row.flush()
        picture = document.make_stream(b"")
        picture.write(packed, filter=pikepdf.Name.FlateDecode)
        facts = {"Type": "XObject", "Subtype": "Image", "ColorSpace": "DeviceRGB"}
        for key, value in facts.items():
            picture[f"/{key}"] = pikepdf.Name(f"/{value}")
        picture.Width, picture.Height, picture.BitsPerComponent = width, height, 8
        for page in document.pages:
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=picture))
            page.Contents = document.make_stream(b"200 0 0 200 0 0 cm /P Do")
        return saved(document)


def packed_spaces(megabytes: int) -> bytes:
    """So many megabytes of spaces as zlib packs them; one is packed, and its block written again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b" " * 1024**2) + packer.flush(zlib.Z_FULL_FLUSH)
    size = megabytes * 1024**2
    low, high = 1 + size * ord(" "), size + ord(" ") * size * (size + 1) // 2
    checksum = struct.pack(">HH", high % 65521, low % 65521)  # Adler's, of one sign that many times
    return b"\x78\xda" + block * megabytes + b"\3\0" + checksum


def docx(parts: Mapping[str, str | bytes] | None = None, text: str = "Curriculum vitae") -> bytes:
    """A Word document with ``text``; ``parts`` adds to it, or replaces a part of it."""
    return zipped(
        {
            "[Content_Types].xml": DOCX_TYPES,
            "word/document.xml": DOCX_BODY.format(f"<w:t>{text}</w:t>"),
            **(parts or {}),
        }
    )


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """``parts`` in a zip."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def lying_docx() -> bytes:
    """A Word document whose body unpacks to far more than the package says."""
    honest = docx({"word/media/image1.png": b"\0" * 1_000_000})
    size = struct.pack("<I", 1_000_000)
    return honest.replace(size, struct.pack("<I", 1000))


def image(kind: str = "JPEG", mode: str = "RGB", size: tuple[int, int] = (80, 60), **how: object) -> bytes:
    """A picture, dark on the left and light on the right."""
    picture = Image.new("L", size, 40)
    picture.paste(220, (size[0] // 2, 0, *size))
    target = BytesIO()
    picture.convert(mode).save(target, kind, **how)
    return target.getvalue()


def phone_jpeg(size: tuple[int, int] = (80, 60)) -> bytes:
    """A photo as telephones make them: lying on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by a quarter
    exif[0x8825] = {1: "N", 2: (43.0, 14.0, 0.0), 3: "W", 4: (0.0, 23.0, 0.0)}
    return image(size=size, exif=exif)


def flood_png(side: int = 50_000) -> bytes:
    """A PNG of a few kilobytes that claims ``side`` times ``side`` pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


# A telephone's picture of 64 times 48 points, dark on the left, with its maker's name: we only read these.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAb5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ADRpbG9jAAAAAERAAAIAAQAAAAAB4gABAAAAAAAAADwAAgAAAAACHgABAAAAAAAAADQAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAA"
    "AAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAA"
    "kAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq"
    "5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xh"
    "cAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAA"
    "ABppcmVmAAAAAAAAAA5jZHNjAAIAAQABAAAAeG1kYXQAAAA4KAGvWOYB4h//9piTpS3866Ql6a/2HD44sNBXmQrnLfmKKVxpO3j7"
    "2q4AbZG2c4VQdp+3VxpioPsAAAAGRXhpZgAATU0AKgAAAAgAAQEPAAIAAAAPAAAAGgAAAABQaG9uZSBvZiBBbGljZQAA"
)
