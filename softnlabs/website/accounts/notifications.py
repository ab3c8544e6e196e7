"""Whoever has an account hears by mail of each change of what opens it: a change by a stranger is noticed."""

from datetime import datetime
from typing import Final

from django.urls import reverse

from privacy.mail import outbox
from privacy.web import signed_links

CHANGES: Final = (
    "password_changed",
    "password_reset",
    "address_changed",
    "app_added",
    "app_removed",
    "passkey_added",
    "passkey_removed",
    "codes_made",
    "code_used",
)


def tell(
    change: str,
    *,
    is_first_factor: bool = False,
    is_former: bool = False,
    to: str,
    language: str,
    now: datetime,
) -> None:
    """One of `CHANGES` happened `now`. Its link only opens a page: nothing is done by it.

    ``is_former``: the mailbox opens the account no longer, so that another password cannot be chosen by it.
    """
    link = signed_links.absolute(reverse("website:contact" if is_former else "website:forgotten"))
    facts = {
        "change": change,
        "is_first_factor": is_first_factor,
        "is_former": is_former,
        "at": now,
        "link": link,
    }
    outbox.send("account_changed", to=to, language=language, context=facts, now=now)
