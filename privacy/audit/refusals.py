"""What a signed-in person was refused stands in the audit trail: who asked, for which kind of page, and when.

What strangers are refused is in the records of security. A flood of refusals is one entry a minute for each kind of
page: the entry says that somebody tried, and how often is no matter.
"""

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.web.request_facts import Refusal

ACTION = "privacy.access.refused"
ONCE_IN = timedelta(minutes=1)
FORBIDDEN, FOUND = 403, 302
log = logging.getLogger(__name__)


def note(request: HttpRequest, response: HttpResponse, *, now: datetime) -> None:
    """Record it if ``response`` refuses a page to somebody who is signed in. Never fails.

    Call it within :func:`trail.acting`.
    """
    try:
        if _is_refusal(request, response) and request.user.is_authenticated and not _is_recorded(now):
            trail.record(ACTION, now=now)
    except DatabaseError as error:
        log.error("a refusal could not be recorded (%s)", type(error).__name__)


def _is_refusal(request: HttpRequest, response: HttpResponse) -> bool:
    """The desk sends whoever may not work there to the page of sign-in, even somebody who is signed in."""
    match = request.resolver_match
    is_desk = match is not None and match.app_name == "admin" and match.url_name not in {"login", "logout"}
    is_turned_away = (
        is_desk and response.status_code == FOUND and not getattr(request.user, "is_staff", False)
    )
    is_forbidden = response.status_code == FORBIDDEN or Refusal.of(request).is_hidden
    return is_forbidden or is_turned_away


def _is_recorded(now: datetime) -> bool:
    recent = AuditEntry.objects.filter(at__gt=now - ONCE_IN, action=ACTION)
    return recent.filter(actor=trail.actor(), source=trail.source()).exists()
