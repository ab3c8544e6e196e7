"""SIREN numbers: nine digits, the last of which is a Luhn check digit."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as NoNumberError
from stdnum.fr import siren, siret


def normalise(text: str) -> str:
    """As `818 145 302`. Raises `ValueError` when it is not a SIREN."""
    try:
        number = siren.validate(_plain(text))
    except NoNumberError as error:
        raise ValueError(text) from error
    if int(number) == 0:
        raise ValueError(text)
    return siren.format(number)


def validate_siren(text: str) -> None:
    try:
        normalise(text)
    except ValueError as error:
        if siret.is_valid(_plain(text)):
            raise ValidationError(
                _(
                    "This is a SIRET, the number of one place of a company. Its first nine digits are the SIREN."
                ),
                code="siret",
            ) from error
        raise ValidationError(
            _("This is no SIREN: nine digits, such as 818 145 302, the last of which is a key."),
            code="siren",
        ) from error


def _plain(text: str) -> str:
    """Full-width digits as usual ones, and none of the spaces and signs that a copied number brings along."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in folded if unicodedata.category(sign) not in {"Zs", "Cf", "Cc"})
