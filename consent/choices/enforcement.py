"""Cookies that were not accepted are neither read nor set (French Data Protection Act, article 82).

Everything is pure but for the log. Faults are counted for the controller and logged with the cookie's name, never
its value.
"""

import logging
import math
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from http.cookies import Morsel
from typing import Final

from django.http import HttpResponseBase
from django.utils.http import parse_http_date

from consent.cookies import observations
from consent.cookies.observations import ObservationKind
from consent.cookies.registry import DeclaredCookie, Register

TOLERANCE: Final = 5
"""Seconds by which the clock of whoever set the cookie may differ from ours."""
log = logging.getLogger(__name__)


def disallowed(register: Register, allowed: frozenset[str], names: Iterable[str]) -> list[str]:
    """The declared cookies among `names` that may not be read in this request."""
    closed = _disallowed_names(register, allowed)
    return [name for name in names if name in closed]


@lru_cache(maxsize=64)
def _disallowed_names(register: Register, allowed: frozenset[str]) -> frozenset[str]:
    """Cached: a register and a combination of accepted groups come back with every request."""
    return frozenset(name for name, (group, _cookie) in register.by_name.items() if group.key not in allowed)


def remove_from_header(header: str, names: Iterable[str]) -> str:
    """Return the Cookie header without these names, for code that parses the header itself."""
    gone = set(names)
    parts = (part for part in header.split(";") if part.partition("=")[0].strip() not in gone)
    return ";".join(parts).strip()


def strip(response: HttpResponseBase, register: Register, allowed: frozenset[str], *, now: datetime) -> None:
    """Remove each cookie that is not declared or not allowed, and shorten those that would live too long."""
    for name in list(response.cookies):
        morsel = response.cookies[name]
        if is_deletion(morsel):  # a deletion stores nothing, so it needs no consent
            continue
        entry = register.by_name.get(name)
        if entry is None or entry[0].key not in allowed:
            _report(name, ObservationKind.NOT_ACCEPTED if entry else ObservationKind.UNDECLARED)
            del response.cookies[name]
        else:
            observations.record(name, ObservationKind.SET)
            morsel["path"], morsel["domain"] = entry[1].path, entry[1].domain  # where a withdrawal deletes it
            _shorten(morsel, entry[1], now=now)


def delete(response: HttpResponseBase, cookies: Iterable[DeclaredCookie]) -> None:
    """Make the browser delete these cookies, with the path and domain under which they were set."""
    for cookie in cookies:
        response.delete_cookie(cookie.name, path=cookie.path, domain=cookie.domain or None, samesite="Lax")


def strip_header(response: HttpResponseBase) -> None:
    """Remove a Set-Cookie header written past `response.cookies`: nobody can tell which group it belongs to."""
    if response.has_header("Set-Cookie"):
        _report(str(response["Set-Cookie"]).partition("=")[0].strip(), ObservationKind.UNDECLARED)
        del response["Set-Cookie"]


def is_deletion(morsel: "Morsel[str]") -> bool:
    return str(morsel["max-age"]) == "0"


def _shorten(morsel: "Morsel[str]", cookie: DeclaredCookie, *, now: datetime) -> None:
    if cookie.lifetime is None:
        if morsel["max-age"] or morsel["expires"]:
            _report(cookie.name, ObservationKind.TOO_LONG)
            morsel["max-age"] = morsel["expires"] = ""
        return
    longest = int((cookie.lifetime.after(now) - now).total_seconds()) + TOLERANCE
    if _age(morsel, now=now) > longest:
        _report(cookie.name, ObservationKind.TOO_LONG)
        morsel["max-age"] = longest
        morsel["expires"] = ""


def _age(morsel: "Morsel[str]", *, now: datetime) -> float:
    """Seconds that the browser would keep it; infinite where the value cannot be parsed."""
    try:
        if morsel["max-age"] != "":
            return int(morsel["max-age"])
        return parse_http_date(morsel["expires"]) - now.timestamp() if morsel["expires"] else 0
    except ValueError:
        return math.inf


def _report(name: str, kind: ObservationKind) -> None:
    observations.record(name[:64], kind)
    log.error("cookie %s stripped or shortened: %s", name, kind.value)
