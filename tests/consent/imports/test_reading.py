"""Reading lists: every usual spelling, and nothing that could harm whoever opens it."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.imports import reading
from consent.imports.reading import UnreadableListError
from tests.consent.imports.files import HEADING, csv_of, xlsx_of

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
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (reading.MOST_UNPACKED + 1))
    return whole.getvalue()


def _many_parts() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for number in range(reading.MOST_PARTS + 1):
            archive.writestr(str(number), b"")
    return whole.getvalue()


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
    for start in (b"", b"e-mail\n", b"PK\x03\x04"):
        try:
            reading.read(start + content)
        except UnreadableListError:
            continue


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_template_is_a_list_that_can_be_read(language):
    (heading,) = reading.template(language)
    assert reading.read(csv_of(heading, LINE))[0].get("email") == "alice@example.org"
