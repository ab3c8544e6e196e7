"""Both ways: what was not accepted is not read, and does not leave. Pure but for the logger.

Faults are counted for the controller and logged with the cookie's name, never its value.
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
"""Seconds between the clock of whoever set the cookie and ours."""
log = logging.getLogger(__name__)


def disallowed(register: Register, allowed: frozenset[str], names: Iterable[str]) -> list[str]:
    """The declared cookies among `names` that nobody may read now."""
    closed = _disallowed_names(register, allowed)
    return [name for name in names if name in closed]


@lru_cache(maxsize=64)
def _disallowed_names(register: Register, allowed: frozenset[str]) -> frozenset[str]:
    """Worked out once for a register and a combination of its groups."""
    return frozenset(name for name, (group, _cookie) in register.by_name.items() if group.key not in allowed)


def remove_from_header(header: str, names: Iterable[str]) -> str:
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
            _report(name, ObservationKind.NOT_ACCEPTED if entry else ObservationKind.UNDECLARED)
            del response.cookies[name]
        else:
            observations.record(name, ObservationKind.SET)
            morsel["path"], morsel["domain"] = entry[1].path, entry[1].domain  # where a withdrawal deletes it
            _shorten(morsel, entry[1], now=now)


def delete(response: HttpResponseBase, cookies: Iterable[DeclaredCookie]) -> None:
    """Have the browser drop these cookies where they were set."""
    for cookie in cookies:
        response.delete_cookie(cookie.name, path=cookie.path, domain=cookie.domain or None, samesite="Lax")


def strip_header(response: HttpResponseBase) -> None:
    """A cookie written past Django's own way of setting one: nobody can tell whose it is, so it does not leave."""
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
    """Seconds that the browser would keep it; as good as for ever where that cannot be read."""
    try:
        if morsel["max-age"] != "":
            return int(morsel["max-age"])
        return parse_http_date(morsel["expires"]) - now.timestamp() if morsel["expires"] else 0
    except ValueError:
        return math.inf


def _report(name: str, kind: ObservationKind) -> None:
    observations.record(name[:64], kind)
    log.error("cookie %s stripped or shortened: %s", name, kind.value)
