"""No cell is a formula, whatever invisible sign stands before it and in whatever form its first sign is written."""

import csv
import io
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from privacy.web import spreadsheets

SIGNS = [
    chr(code)
    for code in range(sys.maxunicode)
    if unicodedata.normalize("NFKC", chr(code))[:1] in {"=", "+", "-", "@", "\N{MINUS SIGN}"}
]
INVISIBLE = [
    chr(code)
    for code in range(sys.maxunicode)
    if unicodedata.category(chr(code))[0] in "ZC" and not 0xD800 <= code < 0xE000
]
NAMED = (
    " \t\n\r\v\f\0\x1f\x7f\x85\u00a0\u00ad\u1680\u180e\u2000\u200b\u200c\u200d\u200e\u202e\u2028\u2060\u3000"
    "\u3164\ufe0f\ufeff\u2800"
)
before = st.text(st.one_of(st.sampled_from(NAMED), st.sampled_from(INVISIBLE)), max_size=5)


def cells(text: str) -> list[str]:
    return next(csv.reader(io.StringIO(spreadsheets.as_csv([[text]]).removeprefix("\ufeff"), newline="")))


def test_the_signs_are_more_than_those_of_a_keyboard():
    assert set("=+-@＝＋－＠﹦﹢﹣﹫⁼₌⁺₊⁻₋−") <= set(SIGNS)


@given(before, st.sampled_from(SIGNS), st.text(max_size=9))
@example("", "=", "1+1")
@example("\u200b\ufeff", "＝", "1")
def test_no_cell_begins_as_a_formula(invisible: str, sign: str, rest: str):
    assert spreadsheets.escape_formula(invisible + sign + rest) == f"'{invisible}{sign}{rest}"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_whatever_is_typed_stays_one_cell_and_its_own_text(text: str):
    (cell,) = cells(text)
    assert cell in {text, f"'{text}"}


@pytest.mark.parametrize("value", ["Alice", "l’été", "3-4", "a=b", "(=1", "", " ", 7, -7, 1.5, None, True])
def test_what_is_no_formula_stays_as_it_is(value: object):
    assert spreadsheets.escape_formula(value) == value
