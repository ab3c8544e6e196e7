"""SIREN numbers: nine digits, the last of which is a key by Luhn's rule."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def normalise(text: str) -> str:
    """The number as it is written here, ``818 145 302``. Raises :class:`ValueError` when it is none."""
    digits = re.sub(r"[\s.]", "", text)
    if not re.fullmatch(r"[0-9]{9}", digits) or int(digits) == 0 or not _has_valid_check_digit(digits):
        raise ValueError(text)
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


def validate_siren(text: str) -> None:
    """Validator: a number whose key is right."""
    try:
        normalise(text)
    except ValueError as error:
        raise ValidationError(
            _("This is no SIREN: nine digits, such as 818 145 302, the last of which is a key."),
            code="siren",
        ) from error


def _has_valid_check_digit(digits: str) -> bool:
    """Luhn: every second digit from the right is doubled, and all digits add up to a multiple of ten."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0
