"""Objections that count the moment they are confirmed (GDPR article 21): the floor above calls them by name.

`objections` of the AppConfig says which function stops what. Each returns whether it could: an objection to being
counted is kept by the browser itself, so without one there is nothing to do.
"""

from datetime import datetime

from django.http import HttpRequest

from consent.choices import guard, saving
from consent.cookies import registry
from consent.ledger.ledger import Act, ConsentContext
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
    register, evaluated = registry.current(), guard.evaluated(browser)
    saved = saving.save(
        evaluated=evaluated,
        register=register,
        answers=dict.fromkeys(register.opt_out_groups, False),
        notice_key="",
        context=ConsentContext(
            Act.REQUEST,
            words,
            language,
            PAGE,
            now,
            publishing.version_stamp(),
            has_gpc=evaluated.has_gpc,
        ),
    )
    guard.apply_choices(browser, register, saved.choices, moment=now.timestamp())
    guard.mark_changed(browser)
    return True
