"""Who carries our mail: a provider, or whoever runs the mail server, is a processor (GDPR article 28).

`MAIL_PROCESSOR` says who it is. Unless it is the company itself, the register has to know it: a contract in force, and
a place in the European Union where outgoing mail is stored. Otherwise the site does not start.
"""

from collections.abc import Iterator
from datetime import date

from django.conf import settings

from privacy.companies import european_union
from privacy.companies.models import HostingPlace, Processor
from privacy.mail import providers

HINT = f"MAIL_PROVIDER is empty for SMTP, or one of {', '.join(providers.PROVIDERS)}. See docs/operations.md."
HINT_REGISTER = (
    "Start once with EMAIL_HOST=localhost, without MAIL_PROVIDER and MAIL_PROCESSOR, and enter it at the desk: under "
    "Processors, with its contract, and under Hosting places, with “outgoing mail” and this processor."
)


def unusable() -> Iterator[str]:
    """What the settings lack, or say against each other."""
    chosen = settings.MAIL_PROVIDER
    if not chosen:
        return
    provider = providers.PROVIDERS.get(chosen)
    if provider is None:
        yield f"MAIL_PROVIDER is {chosen!r}: no provider in the European Union that this site can use."
        return
    yield from (f"{name} is not set." for name in provider.keys if name not in settings.ANYMAIL)
    if provider.name.casefold() not in settings.MAIL_PROCESSOR.casefold():
        yield f"MAIL_PROCESSOR does not name {provider.name}, which carries the mail."


def unregistered(today: date) -> str:
    """What the register of processors lacks about whoever carries the mail; empty where it lacks nothing."""
    name = settings.MAIL_PROCESSOR
    if name in {"", providers.OWN}:
        return ""
    known = Processor.objects.in_force(today).filter(name__iexact=name, country__in=european_union.MEMBERS)
    if not known.exists():
        return f"{name} carries our mail, and has no contract in force in the register of processors."
    places = HostingPlace.objects.in_force(today).filter(
        processor__in=known,
        contents__contains=[HostingPlace.Content.MAIL],
        country__in=european_union.MEMBERS,
    )
    if not places.exists():
        return f"{name} carries our mail, and no place in the European Union is on record where it stores it."
    return ""
