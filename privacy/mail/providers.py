"""Companies that send mail for a site, by an interface of their own (django-anymail).

Those only whose place is in the European Union and who can be told to leave out what watches the reader: Mailjet turns
tracking of opens and clicks off for each message, Scaleway has none. Brevo has no such option for a message, and the
others are companies of other countries, so they are refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SMTP = "privacy.mail.signing_backend.EmailBackend"
OWN = "own"
"""The value of `MAIL_PROCESSOR` where the mail server is the company's own."""


@dataclass(frozen=True)
class Provider:
    """``name`` is part of its name in the register of processors; ``reports`` says whether it has a webhook."""

    name: str
    backend: str
    keys: tuple[str, ...]
    reports: bool


PROVIDERS: Mapping[str, Provider] = {
    "mailjet": Provider(
        "Mailjet",
        "privacy.mail.provider_backends.MailjetBackend",
        ("MAILJET_API_KEY", "MAILJET_SECRET_KEY"),
        reports=True,
    ),
    "scaleway": Provider(
        "Scaleway",
        "privacy.mail.provider_backends.ScalewayBackend",
        ("SCALEWAY_SECRET_KEY", "SCALEWAY_PROJECT_ID"),
        reports=False,
    ),
}


def backend(chosen: str) -> str:
    """The class that sends. For a provider that is not known, SMTP: the site does not start with it (privacy.E017)."""
    found = PROVIDERS.get(chosen)
    return found.backend if found else SMTP


def keys_of(chosen: str) -> tuple[str, ...]:
    """The variables that a provider needs; none for SMTP."""
    found = PROVIDERS.get(chosen)
    return found.keys if found else ()


def keys(environment: Mapping[str, str]) -> dict[str, str]:
    """What the environment says to the interfaces; nothing of a provider that has no key there."""
    names = [name for provider in PROVIDERS.values() for name in provider.keys]
    return {name: environment[name] for name in names if environment.get(name)}
