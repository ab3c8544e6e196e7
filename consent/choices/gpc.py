"""Global Privacy Control (Sec-GPC: 1) sent by a browser that had accepted before: the signal is later, so it wins.

The withdrawal is recorded in the ledger once. The browser's choices then hold a no by signal, and later pages need
no query. When the signal stops, the earlier yes does not come back; the visitor has to give another.

The signal also objects to the recording of visits, for as long as it comes. That leaves no line in the ledger: there
was no yes to withdraw. Whoever allows it while the signal comes is recorded again.
"""

import logging
from datetime import UTC, datetime

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.translation import get_language_from_path, override

from consent.choices import guard
from consent.cookies import choices_cookie
from consent.cookies.registry import Register
from consent.ledger import ledger
from privacy.web import request_facts

log = logging.getLogger(__name__)


def honour(request: HttpRequest, register: Register, *, now: datetime) -> None:
    """Record which consents the signal overrides. They do not count in this request, even when recording fails."""
    evaluated = guard.evaluated(request)
    if not evaluated.overridden_by_gpc:
        return
    after = choices_cookie.apply_gpc(evaluated, now=now)
    try:
        for group in sorted(evaluated.overridden_by_gpc):
            ledger.withdraw_by_gpc(
                group,
                holder=ledger.Holder(receipt=after.receipt),
                page=_page(request),
                now=now,
                valid_until=datetime.fromtimestamp(after.decisions[group].until, UTC),
            )
    except DatabaseError:
        log.exception("a signal that overrides a yes was not recorded; the next page tries again")
        return
    guard.apply_choices(request, register, after, moment=now.timestamp())
    guard.mark_changed(request)


def is_obeyed(request: HttpRequest) -> bool:
    """Whether the signal came and nothing was accepted or allowed despite it."""
    evaluated = guard.evaluated(request)
    return evaluated.has_gpc and not evaluated.accepted


def _page(request: HttpRequest) -> str:
    """The URL pattern of the requested page; empty where it does not exist."""
    path = request.path_info
    with override(get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            return request_facts.pattern(path, resolve(path))
        except Resolver404:
            return ""
