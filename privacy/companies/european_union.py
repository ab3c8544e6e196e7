"""The European Union: where data may be, and where the policy says that they never are (clause 8).

A country is written as in ISO 3166-1, two letters; an overseas part of a member stands under its member.
"""

from babel import Locale
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

# Treaty on European Union, article 52, without the United Kingdom since 31 January 2020.
MEMBERS = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
    "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
# Agreement on the European Economic Area: the GDPR holds there, but the policy promises the Union.
EEA_ONLY = ("IS", "LI", "NO")
NOT_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}  # codes that CLDR gives to something else


def countries() -> list[tuple[str, str]]:
    """Every country with its name in the language in force, in that language's order."""
    names = _names()
    known = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha()]
    return sorted(
        (pair for pair in known if pair[0] not in NOT_COUNTRIES), key=lambda pair: pair[1].casefold()
    )


def country_name(code: str) -> str:
    """What a country is called in the language in force."""
    return _names().get(code, code)


def validate_member_state(code: str) -> None:
    """Validator: a country of the European Union, or the reason why not."""
    if code in MEMBERS:
        return
    if code in EEA_ONLY:
        reason = _(
            "%(country)s applies the GDPR but is not in the European Union, and clause 8 of the policy promises"
            " that data stay inside the Union."
        )
    else:
        reason = _(
            "%(country)s is outside the European Union: clause 8 of the policy promises that data stay inside it."
        )
    raise ValidationError(reason, code="outside", params={"country": country_name(code)})


def _names() -> dict[str, str]:
    return dict(Locale.parse((get_language() or "en").split("-")[0]).territories)
