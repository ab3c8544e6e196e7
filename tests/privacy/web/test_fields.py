"""Telephone numbers, postcodes and addresses, as every form takes them."""

import phonenumbers
import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from privacy.datamap.declarations import Category
from privacy.web import fields, postcodes, telephone

NO_BREAK, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"
LTR, END = "\N{LEFT-TO-RIGHT EMBEDDING}", "\N{POP DIRECTIONAL FORMATTING}"
FULL_WIDTH = str.maketrans("+0123456789", "＋０１２３４５６７８９")

TELEPHONES = {
    "05 59 00 00 00": "+33 5 59 00 00 00",
    "05.59.00.00.00": "+33 5 59 00 00 00",
    f"+33{NO_BREAK}5{NARROW}59 00 00 00": "+33 5 59 00 00 00",
    f"{LTR}+33 (0)5 59 00 00 00{END}": "+33 5 59 00 00 00",
    "0033 (0)5 59 00 00 00": "+33 5 59 00 00 00",
    "+33 05 59 00 00 00": "+33 5 59 00 00 00",
    "+33–5–59 00 00 00": "+33 5 59 00 00 00",
    "+33559000000".translate(FULL_WIDTH): "+33 5 59 00 00 00",
    "05 59 00 00 00 poste 12": "+33 5 59 00 00 00 ext. 12",
    "0262 20 00 00": "+262 262 20 00 00",
    "+44 20 7946 0000": "+44 20 7946 0000",
    "+1 (202) 555-0123": "+1 202-555-0123",
    "+377 93 15 26 00": "+377 93 15 26 00",
}
POSTCODES = {
    "64290": "64290",
    "64 290": "64290",
    f"64{NO_BREAK}290": "64290",
    "F-64290": "64290",
    "64290".translate(FULL_WIDTH): "64290",
    "sw1a 1aa": "SW1A 1AA",
    "D02 AF30": "D02 AF30",
    "100-0001": "100-0001",
    "AD500": "AD500",
    "00118": "00118",
    "99084": "99084",
    "101": "101",
}
NO_TELEPHONES = (
    "((((((",
    "000000",
    "A-",
    "12",
    "+33",
    "0000000000",
    "1" * 10,
    "call 0559000000",
    "0" * 61,
    "++33559000000",
)
NO_POSTCODES = (
    "((((((",
    "000000",
    "00000",
    "A-",
    "AB",
    "ABC",
    "12",
    "64290-",
    "-64290",
    "BT1--5",
    "'; drop",
    "6" * 13,
)
ARABIC = "٠٥٥٩٠٠٠٠٠٠"


class SampleForm(forms.Form):
    telephone = fields.TelephoneField()
    postcode = fields.PostcodeField(help_text="")


@pytest.mark.parametrize(("typed", "kept"), TELEPHONES.items())
def test_a_telephone_number_is_kept_in_one_spelling(typed, kept):
    form = SampleForm({"telephone": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["telephone"] == kept


@pytest.mark.parametrize("typed", NO_TELEPHONES)
@pytest.mark.parametrize(
    ("language", "said"), [("en", "We could not call this number"), ("fr", "Ce numéro ne permet pas")]
)
def test_what_nobody_could_call_is_refused_beside_the_field(typed, language, said):
    with override(language):
        form = SampleForm({"telephone": typed})
        assert list(form.errors) == ["telephone"]
        assert said in str(form.errors["telephone"])


@pytest.mark.parametrize(("typed", "kept"), POSTCODES.items())
def test_a_postcode_of_any_country_is_kept_in_one_spelling(typed, kept):
    form = SampleForm({"postcode": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["postcode"] == kept


@pytest.mark.parametrize("typed", NO_POSTCODES)
@pytest.mark.parametrize(
    ("language", "said"), [("en", "does not look like a postcode"), ("fr", "semble incorrect")]
)
def test_what_is_no_postcode_anywhere_is_refused_beside_the_field(typed, language, said):
    with override(language):
        form = SampleForm({"postcode": typed})
        assert list(form.errors) == ["postcode"]
        assert said in str(form.errors["postcode"])


def test_both_may_stay_empty():
    form = SampleForm({"telephone": " ", "postcode": ""})
    assert form.is_valid()
    assert set(form.cleaned_data.values()) == {""}


def test_digits_of_other_scripts_are_digits():
    assert telephone.normalise(ARABIC) == "+33 5 59 00 00 00"


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_an_example_of_each_country_passes_and_is_kept_as_it_is_the_second_time(region):
    number = phonenumbers.example_number(region)
    kept = telephone.normalise(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    assert phonenumbers.parse(kept, None) == number
    assert telephone.normalise(kept) == kept
    assert len(kept) <= telephone.LONGEST
    assert telephone.searched(kept) == str(phonenumbers.national_significant_number(number))


@given(st.text(max_size=70))
def test_whatever_is_typed_is_kept_in_a_stable_spelling_or_refused(text):
    for normalise in (telephone.normalise, postcodes.normalise):
        try:
            kept = normalise(text)
        except ValueError:
            continue
        assert normalise(kept) == kept
        assert kept.isascii()
        assert kept.isprintable()


@given(st.sampled_from(list(TELEPHONES)), st.text(alphabet=f" {NO_BREAK}{NARROW}{LTR}{END}", max_size=5))
def test_invisible_signs_around_a_number_change_nothing(typed, around):
    assert telephone.normalise(around + typed + around) == TELEPHONES[typed]


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("05 59 00 00 00", "559000000"),
        ("+33 (0)5 59 00 00 00", "559000000"),
        ("12345678", "12345678"),  # in an old row
        ("12345", ""),
        ("alice", ""),
        ("((((((", ""),
    ],
)
def test_a_search_looks_for_the_digits_that_every_spelling_ends_with(typed, digits):
    assert telephone.searched(typed) == digits


def test_other_categories_are_kept_as_typed():
    assert fields.as_stored(Category.SURNAME, "((((((") == "(((((("


def test_an_address_is_normalised_or_refused():
    assert fields.as_stored(Category.EMAIL, "Alice@Example.ORG") == "alice@example.org"
    with pytest.raises(ValidationError, match="does not look like an e-mail address"):
        fields.as_stored(Category.EMAIL, "alice")
