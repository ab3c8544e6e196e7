"""Where the company of the settings is, for whatever prints its address."""

from django.conf import settings


def lines() -> list[str]:
    """Number and street where the settings say them, postcode and town, country in the language in force."""
    entity = settings.ENTITY
    said = (entity["street"], f"{entity['postcode']} {entity['town']}", entity["country"])
    return [str(line) for line in said if line]


def on_one_line() -> str:
    return ", ".join(lines())
