"""Reading lists: every usual spelling, and nothing that could harm whoever opens it."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.imports import reading
from consent.imports.reading import UnreadableListError
from privacy.files import examiner, workbooks
from privacy.files.errors import UploadRefusedError
from tests.consent.imports.files import HEADING, csv_of, xlsx_of

pytestmark = pytest.mark.usefixtures("examined_anew")

LINE = ("alice@example.org", "fr", "Salon de Pau", "2026-11-02", "Fiche signée")


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_csv_is_read_in_each_usual_form(delimiter, encoding):
    (line,) = reading.read(csv_of(HEADING, LINE, delimiter=delimiter, encoding=encoding))
    assert line.number == 2
    assert line.get("source") == "Salon de Pau"
    assert line.get("proof") == "Fiche signée"


@pytest.mark.parametrize(
    "heading", [HEADING, ("Courriel", "Langue", "Origine", "Date du consentement", "PREUVE")]
)
def test_columns_are_named_in_both_languages(heading):
    (line,) = reading.read(csv_of(heading, LINE))
    assert [line.get(name) for name in ("email", "language", "source", "obtained_on", "proof")] == list(LINE)


def test_a_workbook_is_read_with_its_dates_and_empty_lines_are_left_out():
    content = xlsx_of(HEADING, (*LINE[:3], date(2026, 11, 2), LINE[4]), (None, " "), ("bob@example.org",))
    first, second = reading.read(content)
    assert first.get("obtained_on") == "2026-11-02"
    assert (second.number, second.get("email"), second.get("proof")) == (4, "bob@example.org", "")


def test_a_formula_is_never_worked_out():
    (line,) = reading.read(xlsx_of(("e-mail", "source"), ("alice@example.org", "=1+1")))
    assert line.get("source") == ""


def _bomb() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (workbooks.MOST_UNPACKED + 1))
    return whole.getvalue()


def _many_parts() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for number in range(workbooks.MOST_PARTS + 1):
            archive.writestr(str(number), b"")
    return whole.getvalue()


def workbook(sheet: str, shared: str = "", **parts: str) -> bytes:
    """With these parts in place of those of the library."""
    whole = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_of(HEADING, LINE))) as made,
        zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        replaced = {"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": shared, **parts}
        kept = {name: made.read(name).decode() for name in made.namelist()}
        for name, content in (kept | {key: text for key, text in replaced.items() if text}).items():
            archive.writestr(name, content)
    return whole.getvalue()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def sheet_of(rows: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


ROW = '<row r="{}"><c t="inlineStr"><is><t>{}</t></is></c></row>'
HEAD = ROW.format(1, "e-mail")


def _rows_of_nothing() -> bytes:
    return workbook(sheet_of(HEAD + "<row/>" * 1_000_000))


def _last_row() -> bytes:
    return workbook(sheet_of(HEAD + ROW.format(1_048_576, "alice@example.org")))


def _shared_strings() -> bytes:
    """One long word, in as many cells as there may be."""
    word = f'<sst xmlns="{MAIN}"><si><t>{"a" * 1_000_000}</t></si></sst>'
    row = "<row>" + '<c t="s"><v>0</v></c>' * 40 + "</row>"
    return workbook(sheet_of(HEAD + row * 20_000), word)


def _text() -> bytes:
    cell = '<c t="inlineStr"><is><t>' + "a" * 1900 + "</t></is></c>"
    return workbook(sheet_of(HEAD + f"<row>{cell * 10}</row>" * 1500))


def _entities() -> bytes:
    names = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    sheet = sheet_of(HEAD + ROW.format(2, "&e9;"))
    return workbook(f'<!DOCTYPE x [<!ENTITY e0 "lol">{names}]>{sheet}')


@pytest.mark.parametrize("bomb", [_rows_of_nothing, _last_row, _shared_strings, _text, _entities])
def test_a_workbook_that_unpacks_to_too_much_is_refused(bomb):
    with pytest.raises(UnreadableListError) as refused:
        reading.read(bomb())
    assert str(refused.value) in {str(reading.TOO_LARGE), str(reading.NO_LIST)}


def test_a_workbook_is_opened_in_a_process_of_its_own(monkeypatch):
    """And what that process answers is what the desk is told."""
    asked = []

    def busy(kind: str, content: bytes) -> bytes:
        asked.append(kind)
        raise UploadRefusedError("busy")

    monkeypatch.setattr(examiner, "run", busy)
    with pytest.raises(UnreadableListError, match="in a minute"):
        reading.read(xlsx_of(HEADING, LINE))
    assert asked == ["xlsx-rows"]


def test_links_to_elsewhere_are_not_followed():
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
        'Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
    )
    content = workbook(
        sheet_of(HEAD + ROW.format(2, "alice@example.org")),
        **{"xl/externalLinks/_rels/externalLink1.xml.rels": rels},
    )
    assert [line.cells for line in reading.read(content)] == [{"email": "alice@example.org"}]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", reading.EMPTY),
        (csv_of(HEADING), reading.EMPTY),
        (csv_of(("name",), ("Alice",)), reading.NO_EMAIL),
        (csv_of(("e-mail", "courriel"), ("a@example.org", "b@example.org")), reading.TWICE),
        (b"e-mail\r\nalice@exam\0ple.org", reading.NO_LIST),
        (b'e-mail\r\n"alice', reading.NO_LIST),
        (b"PK\x03\x04 and no archive", reading.NO_LIST),
        (_bomb(), reading.TOO_LARGE),
        (_many_parts(), reading.TOO_LARGE),
        (b"e-mail\r\n" + b"a" * reading.MOST_BYTES, reading.TOO_LARGE),
        (csv_of(("e-mail",), *[("a",)] * (reading.MOST_ROWS + 1)), reading.TOO_LARGE),
        (b"e-mail\r\n" + b"\x81\x8d\x8f", reading.NO_LIST),
    ],
    ids=range(12),
)
def test_what_cannot_be_a_list_is_refused_with_the_reason(content, reason):
    with pytest.raises(UnreadableListError) as refused:
        reading.read(content)
    assert str(refused.value) == str(reason)


def test_a_million_lines_end_at_the_bound():
    with pytest.raises(UnreadableListError, match=r"20,000 lines"):
        reading.read(b"e-mail\n" + b"a\n" * 1_000_000)


@given(st.binary(max_size=300))
def test_no_bytes_break_it(content):
    for start in (b"", b"e-mail\n"):
        try:
            reading.read(start + content)
        except UnreadableListError:
            continue


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader_of_workbooks(content):
    with pytest.raises(UploadRefusedError):
        workbooks.rows(b"PK\x03\x04" + content)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_template_is_a_list_that_can_be_read(language):
    (heading,) = reading.template(language)
    assert reading.read(csv_of(heading, LINE))[0].get("email") == "alice@example.org"
