"""Objections carried out at once, each by the app that declares it: ``objections`` in :mod:`privacy.plugins`."""

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
    """Returns False where nothing can be stopped from here: then the controller does it by hand."""
    handler = handlers().get(right)
    if handler is None:
        return False
    with translation.override(request.language):
        words = str(QUESTIONS[right])
    return handler(browser, email=request.email, words=words, language=request.language, now=now)


def settle(item: RequestItem, browser: HttpRequest | None, *, now: datetime) -> None:
    """Carry out at once what needs no weighing, and write that down in the right's own item. Saves the item."""
    request = item.request
    if item.right in AT_ONCE and stop(Right(item.right), request, browser, now=now):
        item.outcome, item.decided_at, item.decided_by = ItemOutcome.SATISFIED, now, trail.actor()
        item.done_at = now
        transitions.record(request, Occurrence.STOPPED, now=now)
    item.save()


def handlers() -> dict[str, plugins.ObjectionHandler]:
    """By right, what stops it."""
    return {right: handler for config in plugins.installed() for right, handler in config.objections.items()}
