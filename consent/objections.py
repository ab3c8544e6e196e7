"""Objections that take effect once they are confirmed (GDPR article 21): `objections` in `privacy.plugins`.

An objection to the recording of visits is kept by the browser itself, so it needs one.
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
    prospecting.withdraw(email=email, act=Act.REQUEST, words=words, language=language, page=PAGE, now=now)
    return True


def to_navigation(
    browser: HttpRequest | None, *, email: str, words: str, language: str, now: datetime
) -> bool:
    """The response sets the cookie that holds the objection."""
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
