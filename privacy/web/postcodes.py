"""Postcodes: the French shape exactly, others as free as they are.

No form asks for a country, and five digits are also a postcode of Germany, Italy, Spain or the United States. So a
number is not refused for what France does not use.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from localflavor.fr.forms import FRZipCodeField

LONGEST = 12
OF_FRANCE = re.compile(r"(?:F|FR)[ -]?(?=[0-9]{2} ?[0-9]{3}\Z)", re.IGNORECASE)
# Letters, digits, single spaces and hyphens, each between two of the others; and there is none without a digit.
ELSEWHERE = re.compile(r"(?=.*[1-9])[A-Z0-9]+(?:[ -][A-Z0-9]+){0,3}")
SHORTEST = 3


def normalise(text: str) -> str:
    """As `64290`, `SW1A 1AA`. Raises `ValueError` when no country has such a postcode."""
    folded = unicodedata.normalize("NFKC", text).upper()
    written = "".join("-" if unicodedata.category(sign) == "Pd" else sign for sign in folded)
    plain = " ".join("".join(sign for sign in written if unicodedata.category(sign) != "Cf").split())
    if SHORTEST <= len(plain) <= LONGEST and ELSEWHERE.fullmatch(plain) and plain.isascii():
        return _french(OF_FRANCE.sub("", plain).replace(" ", "")) or plain
    raise ValueError(text)


def _french(text: str) -> str:
    """Five digits, or nothing."""
    try:
        found: str = FRZipCodeField(required=False).clean(text)
    except ValidationError:
        return ""
    return found
