"""Objections that count the moment they are confirmed (GDPR article 21): the floor above calls them by name.

`objections` of the AppConfig says which function stops what. Each returns whether it could: an objection to being
counted is kept by the browser itself, so without one there is nothing to do.
"""

from datetime import datetime

from django.http import HttpRequest

from consent.choices import guard, saving
from consent.cookies import registry
from consent.ledger.ledger import Act, Circumstance
from consent.prospecting import prospecting
from privacy.policy import publishing

PAGE = "/privacy/requests/"


def to_prospecting(
    browser: HttpRequest | None, *, email: str, words: str, language: str, now: datetime
) -> bool:
    """No commercial message ever again."""
    prospecting.withdraw(email=email, act=Act.REQUEST, words=words, language=language, page=PAGE, now=now)
    return True


def to_navigation(
    browser: HttpRequest | None, *, email: str, words: str, language: str, now: datetime
) -> bool:
    """Nothing more recorded of this browser; its answer takes the choice along."""
    if browser is None:
        return False
    register, standing = registry.current(), guard.standing(browser)
    saved = saving.save(
        standing=standing,
        register=register,
        wishes=dict.fromkeys(register.objectable, False),
        answered="",
        circumstance=Circumstance(
            Act.REQUEST,
            words,
            language,
            PAGE,
            now,
            publishing.version_stamp(),
            has_signal=standing.has_signal,
        ),
    )
    guard.choose(browser, register, saved.choices, moment=now.timestamp())
    guard.keep(browser)
    return True
