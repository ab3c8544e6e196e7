"""Objections that are done at once, by the apps that declare them: ``objections`` in :mod:`privacy.plugins`."""

from datetime import datetime

from django.http import HttpRequest
from django.utils import translation

from dsr.lifecycle import transitions
from dsr.requests.item_models import RequestItem
from dsr.requests.models import SubjectRequest
from dsr.rules.rights import AT_ONCE, QUESTIONS, ItemOutcome, Right
from dsr.rules.transitions import Occurrence
from privacy import plugins
from privacy.audit import trail


def stop(right: Right, request: SubjectRequest, browser: HttpRequest | None, *, now: datetime) -> bool:
    """Stop what `kind` objects to; false when nobody can from here: then the controller does."""
    handler = handlers().get(right)
    if handler is None:
        return False
    with translation.override(request.language):
        words = str(QUESTIONS[right])
    return handler(browser, email=request.email, words=words, language=request.language, now=now)


def settle(item: RequestItem, browser: HttpRequest | None, *, now: datetime) -> None:
    """Do at once what needs no weighing, and write that down in the right's own line."""
    request = item.request
    if item.right in AT_ONCE and stop(Right(item.right), request, browser, now=now):
        item.outcome, item.decided_at, item.decided_by = ItemOutcome.SATISFIED, now, trail.actor()
        item.done_at = now
        transitions.record(request, Occurrence.STOPPED, now=now)
    item.save()


def handlers() -> dict[str, plugins.ObjectionHandler]:
    """By right, what stops it."""
    return {right: handler for config in plugins.installed() for right, handler in config.objections.items()}
