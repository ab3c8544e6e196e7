"""SIREN numbers: nine digits, the last of which is a Luhn check digit."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def normalise(text: str) -> str:
    """As `818 145 302`. Raises `ValueError` when it is not a SIREN."""
    digits = re.sub(r"[\s.]", "", text)
    if not re.fullmatch(r"[0-9]{9}", digits) or int(digits) == 0 or not _has_valid_check_digit(digits):
        raise ValueError(text)
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


def validate_siren(text: str) -> None:
    try:
        normalise(text)
    except ValueError as error:
        raise ValidationError(
            _("This is no SIREN: nine digits, such as 818 145 302, the last of which is a key."),
            code="siren",
        ) from error


def _has_valid_check_digit(digits: str) -> bool:
    """Luhn: every second digit from the right is doubled; the sum of all digits is a multiple of ten."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0
