"""Both ways: what was not accepted is not read, and does not leave. Pure but for the logger.

Counted faults are kept per process and logged with the cookie's name, never its value.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from http.cookies import Morsel
from typing import Final

from django.http import HttpResponseBase

from consent.registry import Cookie, Register

TOLERANCE: Final = 5
"""Seconds between the clock of whoever set the cookie and ours."""
log = logging.getLogger(__name__)
faults: Counter[str] = Counter()
"""Cookies that our own code tried to set and should not have, by name, since the process began."""


def hidden(register: Register, allowed: frozenset[str], names: Iterable[str]) -> list[str]:
    """The declared cookies among `names` that nobody may read now."""
    found = ((name, register.by_name.get(name)) for name in names)
    return [name for name, entry in found if entry and entry[0].key not in allowed]


def without(header: str, names: Iterable[str]) -> str:
    """The Cookie header less these names, for code that reads the header itself."""
    gone = set(names)
    parts = (part for part in header.split(";") if part.partition("=")[0].strip() not in gone)
    return ";".join(parts).strip()


def strip(response: HttpResponseBase, register: Register, allowed: frozenset[str], *, now: datetime) -> None:
    """Take out of the response each cookie that is not declared or not allowed, and shorten what lives too long."""
    for name in list(response.cookies):
        morsel = response.cookies[name]
        if is_deletion(morsel):  # it keeps nothing on anybody's machine
            continue
        entry = register.by_name.get(name)
        if entry is None or entry[0].key not in allowed:
            _report(name, "not accepted" if entry else "undeclared")
            del response.cookies[name]
        else:
            _shorten(morsel, entry[1], now=now)


def delete(response: HttpResponseBase, cookies: Iterable[Cookie]) -> None:
    """Have the browser drop these cookies where they were set."""
    for cookie in cookies:
        response.delete_cookie(cookie.name, path=cookie.path, domain=cookie.domain or None, samesite="Lax")


def is_deletion(morsel: "Morsel[str]") -> bool:
    return str(morsel["max-age"]) == "0"


def _shorten(morsel: "Morsel[str]", cookie: Cookie, *, now: datetime) -> None:
    if cookie.lifetime is None:
        if morsel["max-age"] or morsel["expires"]:
            _report(cookie.name, "outlives the browser")
            morsel["max-age"] = morsel["expires"] = ""
        return
    longest = int((cookie.lifetime.after(now) - now).total_seconds()) + TOLERANCE
    if morsel["expires"] and not morsel["max-age"]:
        morsel["expires"] = ""
        morsel["max-age"] = longest
    if morsel["max-age"] and int(morsel["max-age"]) > longest:
        _report(cookie.name, "lives too long")
        morsel["max-age"] = longest
        morsel["expires"] = ""


def _report(name: str, reason: str) -> None:
    faults[f"{name}: {reason}"] += 1
    log.error("cookie %s stripped or shortened: %s", name, reason)
