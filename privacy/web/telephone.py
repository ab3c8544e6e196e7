"""Telephone numbers of any country, in one spelling.

A number is kept as people read it, with its country: ``+33 5 59 00 00 00``. Rows from before hold what was typed.
"""

import re
import unicodedata

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

LONGEST, LONGEST_TYPED = 30, 60
# Without a plus sign and a country, as one dials in France; overseas numbers are dialled the same way.
REGIONS = ("FR", "RE", "YT", "GP", "GF", "MQ")
SHAPE = re.compile(r"\+?[0-9 ().\-/]+(?: ?(?:ext\.?|poste|x|#) ?[0-9]{1,6})?", re.IGNORECASE)
EXTENSION = re.compile(r" ?(?:ext\.?|poste|x|#) ?", re.IGNORECASE)
LEAST_DIGITS = 6  # a search for fewer finds half the list


def normalise(text: str) -> str:
    """As `+33 5 59 00 00 00`. Raises `ValueError` when no telephone has this number."""
    plain = _plain(text)
    if not SHAPE.fullmatch(plain):
        raise ValueError(text)
    typed = EXTENSION.sub(" ext. ", plain, count=1)
    for region in REGIONS:
        number = _parse(typed, region)
        if number is not None and phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    raise ValueError(text)


def searched(text: str) -> str:
    """The digits that every spelling of this number ends with, also those of old rows; empty if it is none."""
    try:
        number = phonenumbers.parse(normalise(text), None)
    except ValueError:
        digits = re.sub(r"[^0-9]", "", _plain(text)) if SHAPE.fullmatch(_plain(text)) else ""
        return digits if len(digits) >= LEAST_DIGITS else ""
    return phonenumbers.national_significant_number(number)


def _plain(text: str) -> str:
    """Digits of any script, no-break spaces, long dashes and direction signs as the signs that they stand for."""
    if len(text) > LONGEST_TYPED:
        return ""
    folded = "".join(str(unicodedata.decimal(sign, sign)) for sign in unicodedata.normalize("NFKC", text))
    dashed = "".join("-" if unicodedata.category(sign) == "Pd" else sign for sign in folded)
    written = "".join(sign for sign in dashed if unicodedata.category(sign) != "Cf")
    return " ".join(written.split())


def _parse(text: str, region: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
