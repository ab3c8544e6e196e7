"""The European Union, outside of which the policy promises that no data are stored (clause 8).

Countries are ISO 3166-1 alpha-2 codes; an overseas territory of a member state counts as that member.
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
# European Economic Area: the GDPR applies there, but the policy promises the Union.
EEA_ONLY = ("IS", "LI", "NO")
NOT_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}  # CLDR codes of other things than countries


def countries() -> list[tuple[str, str]]:
    """Code and name of every country, in the active language and its alphabetical order."""
    names = _names()
    known = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha()]
    return sorted(
        (pair for pair in known if pair[0] not in NOT_COUNTRIES), key=lambda pair: pair[1].casefold()
    )


def country_name(code: str) -> str:
    """In the active language; the code itself if it is unknown."""
    return _names().get(code, code)


def validate_member_state(code: str) -> None:
    """Validator: refuses a country outside the European Union, with the reason."""
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
