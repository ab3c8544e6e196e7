"""Objections carried out at once, each by the app that declares it: ``objections`` in :mod:`privacy.plugins`."""

from datetime import datetime

from django.http import HttpRequest
from django.utils import translation

from dsr.lifecycle import transitions
from dsr.requests.item_models import RequestItem
from dsr.rules.rights import AT_ONCE, QUESTIONS, ItemOutcome, Right
from dsr.rules.transitions import Occurrence
from privacy import plugins
from privacy.audit import trail


def stop(right: Right, browser: HttpRequest | None, *, email: str, language: str, now: datetime) -> bool:
    """Returns False where nothing can be stopped from here: then the controller does it by hand."""
    handler = handlers().get(right)
    if handler is None:
        return False
    with translation.override(language):
        words = str(QUESTIONS[right])
    return handler(browser, email=email, words=words, language=language, now=now)


def settle(item: RequestItem, *, now: datetime) -> None:
    """Carry out at once what needs no weighing and no browser. Saves the item."""
    request = item.request
    if item.right in AT_ONCE and stop(
        Right(item.right), None, email=request.email, language=request.language, now=now
    ):
        note_stopped(item, now=now)
    else:
        item.save()


def note_stopped(item: RequestItem, *, now: datetime) -> None:
    """Write down in the right's own item that it was carried out at ``now``. Saves the item."""
    item.outcome, item.decided_at, item.decided_by = ItemOutcome.SATISFIED, now, trail.actor()
    item.done_at = now
    item.save()
    transitions.record(item.request, Occurrence.STOPPED, now=now)


def handlers() -> dict[str, plugins.ObjectionHandler]:
    """By right, what stops it."""
    return {right: handler for config in plugins.installed() for right, handler in config.objections.items()}
