"""Objections that are done at once. Who can stop what is declared by the floors that do it.

An AppConfig says ``objections = {"NO_PROSPECTING": "app.module.function"}``; so this floor need not know them.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.utils import translation
from django.utils.module_loading import import_string

from dsr.lifecycle import transitions
from dsr.requests.event_models import EventType
from dsr.requests.item_models import ItemOutcome, RequestItem
from dsr.requests.models import SubjectRequest
from dsr.rules.rights import AT_ONCE, QUESTIONS, Right
from privacy.audit import trail


def stop(right: Right, request: SubjectRequest, browser: HttpRequest | None, *, now: datetime) -> bool:
    """Stop what `kind` objects to; false when nobody can from here: then the controller does."""
    declared = declarations().get(right)
    if declared is None:
        return False
    with translation.override(request.language):
        words = str(QUESTIONS[right])
    function: Callable[..., bool] = import_string(declared)
    return function(browser, email=request.email, words=words, language=request.language, now=now)


def settle(item: RequestItem, browser: HttpRequest | None, *, now: datetime) -> None:
    """Do at once what needs no weighing, and write that down in the right's own line."""
    request = item.request
    if item.right in AT_ONCE and stop(Right(item.right), request, browser, now=now):
        item.outcome, item.decided_at, item.decided_by = ItemOutcome.SATISFIED, now, trail.actor()
        item.done_at = now
        transitions.record(request, EventType.STOPPED, now=now)
    item.save()


def declarations() -> dict[str, str]:
    """Which function stops what."""
    found: list[dict[str, Any]] = [getattr(config, "objections", {}) for config in apps.get_app_configs()]
    return {right: function for declared in found for right, function in declared.items()}
