"""Searches of the desk: the words travel in the body of a request and stay in the session, never in an address.

So they stand in no history of a browser, no ``Referer`` and no log. The address of what was found holds a random key,
good for the session that searched alone and for ten minutes after its last use.
"""

from datetime import datetime, timedelta
from typing import TypedDict
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.crypto import get_random_string
from django.utils.translation import gettext

from privacy.datamap import subjects

SESSION_KEY = "searches"
WORDS, FOUND = "q", "found"  # in the body of the form, and in the address of what was found
KEPT_FOR = timedelta(minutes=10)
MOST, MOST_SIGNS = 10, 200
DROPPED = {WORDS, FOUND, "p", "e", "before", "after"}  # pages and errors are those of another search


class Search(TypedDict):
    """What one search looks for, and in which list. ``is_noted`` is whether it stands in the audit trail."""

    where: str
    words: str
    until: str
    is_noted: bool


def address_after(request: HttpRequest, where: str, *, now: datetime) -> str:
    """Where to go on: after words were sent, or from an address with words or with a search that has ended.

    Empty where the list can be shown. Searches that have ended are forgotten.
    """
    if (kept := _kept(request.session, now)) != request.session.get(SESSION_KEY, {}):
        request.session[SESSION_KEY] = kept
    if request.method == "POST":
        return begin(request, where, now=now) if WORDS in request.POST else ""
    if WORDS in request.GET:
        said = gettext(
            "Addresses no longer hold searched words, so nothing was searched. Search in the list."
        )
        messages.warning(request, said)
        return end(request)
    if is_asked(request) and not words(request, where, now=now):
        messages.info(request, gettext("This search has ended. Search again."))
        return end(request)
    return ""


def begin(request: HttpRequest, where: str, *, now: datetime) -> str:
    """Keep the words that were sent. Returns the address of the page that shows what is found."""
    words = request.POST.get(WORDS, "").replace("\0", "").strip()[:MOST_SIGNS]
    if not words:
        return end(request)
    key = get_random_string(22)
    _keep(request.session, key, Search(where=where, words=words, until="", is_noted=False), now=now)
    return _address(request, [(FOUND, key)])


def end(request: HttpRequest) -> str:
    """The address of the same list without a search; its filters stay."""
    return _address(request, [])


def is_asked(request: HttpRequest) -> bool:
    """Whether the address names a search, known or not."""
    return FOUND in request.GET


def words(request: HttpRequest, where: str, *, now: datetime) -> str:
    """What this list is searched for; empty where nothing is, or the search has ended. Each use lets it go on."""
    key = request.GET.get(FOUND, "")
    found = _kept(request.session, now).get(key)
    if found is None or found["where"] != where:
        return ""
    _keep(request.session, key, found, now=now)
    return found["words"]


def is_new(request: HttpRequest, *, now: datetime) -> bool:
    """Whether this search is to be put on record: once, however many of its pages are read."""
    key = request.GET.get(FOUND, "")
    found = _kept(request.session, now).get(key)
    if found is None or found["is_noted"]:
        return False
    _keep(request.session, key, {**found, "is_noted": True}, now=now)
    return True


def about(words: str) -> str:
    """The pseudonym of the person whose address was searched for: they may ask who looked for them."""
    try:
        return subjects.fingerprint(subjects.normalise_email(words))
    except ValueError:
        return ""


def _address(request: HttpRequest, more: list[tuple[str, str]]) -> str:
    kept = [(name, value) for name, values in request.GET.lists() if name not in DROPPED for value in values]
    query = urlencode([*kept, *more])
    return f"{request.path}?{query}" if query else request.path


def _keep(session: SessionBase, key: str, search: Search, *, now: datetime) -> None:
    others = {name: each for name, each in _kept(session, now).items() if name != key}
    newest = list(others.items())[-(MOST - 1) :]
    session[SESSION_KEY] = {**dict(newest), key: {**search, "until": (now + KEPT_FOR).isoformat()}}


def _kept(session: SessionBase, now: datetime) -> dict[str, Search]:
    found: dict[str, Search] = session.get(SESSION_KEY, {})
    return {key: each for key, each in found.items() if datetime.fromisoformat(each["until"]) > now}
