"""What a request tells about the browser behind it, as far as we want to know it."""

import ipaddress
import re
import socket
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.urls import Resolver404, ResolverMatch, resolve
from django.urls.converters import IntConverter, SlugConverter, get_converters
from django.utils.translation import get_language_from_path, override

PUBLIC_PARTS = (SlugConverter, IntConverter)  # of URL parts that give access to nothing
PART = re.compile(r"<(?:(\w+):)?(\w+)>")
HOST = re.compile(r"[a-z0-9.:-]{1,253}")
NOWHERE = "(no address of this site)"


class RequestAttribute:
    """Base of what code learns of a request and leaves on it for other code: one object of each kind.

    The kinds are dataclasses with slots. Their defaults hold for a request that no middleware looked at, so each is the
    one that records and allows nothing.
    """

    __slots__ = ()

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """The object of this kind that ``request`` carries; where it carries none yet, a new one."""
        found: Self | None = vars(request).get(cls.__name__)
        if found is None:
            found = vars(request)[cls.__name__] = cls()
        return found


@dataclass(slots=True)
class Browser(RequestAttribute):
    """The browser that sent a request."""

    hidden_visitor: UUID | None = None
    """The number that came with the request although its visits are not recorded: nothing else learns of it."""
    keeps_number: bool = False
    """Its visits could not be deleted now: without the number nobody could find them later."""
    records_visits: bool | None = None
    """Whether its visits are recorded. ``None`` until its choices were read: then no objection is recorded either."""


@dataclass(slots=True)
class SentForm(RequestAttribute):
    """Which form was sent, where the address of its button would tell what was answered."""

    page: str = ""


@dataclass(slots=True)
class Refusal(RequestAttribute):
    """Whether this was refused to whoever asked, and answered as if there were nothing."""

    is_hidden: bool = False


def address(request: HttpRequest) -> str | None:
    """The address the request came from, trusting as many proxies as ``TRUSTED_PROXIES`` says."""
    text: str = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(chain) >= settings.TRUSTED_PROXIES:
            text = chain[-settings.TRUSTED_PROXIES].strip()
    try:  # a tenth of the time of ip_address, and most addresses are IPv4
        socket.inet_pton(socket.AF_INET, text)
    except (OSError, ValueError):
        return _written_otherwise(text)
    return text


def _written_otherwise(text: str) -> str | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found).partition("%")[0]


def host(request: HttpRequest) -> str:
    """The host name that was asked for, without its port. ``ALLOWED_HOSTS`` says which there are."""
    return split_domain_port(request.get_host())[0]


def page(request: HttpRequest) -> str:
    """The path asked for, as :func:`pattern` writes it."""
    return pattern(request.path_info, request.resolver_match)


def pattern(path: str, match: ResolverMatch | None) -> str:
    """``path`` with only the name of each part that gives access to something (a token, the number of a request)."""
    if match is None or not match.kwargs:
        return path

    def part(found: re.Match[str]) -> str:
        return str(match.kwargs[found[2]]) if _is_public(found[1]) else f"<{found[2]}>"

    return "/" + PART.sub(part, match.route)


def route(request: HttpRequest) -> str:
    """The pattern of the address asked for, ``/privacy/updates/stop/<str:token>/``: what a log or a journal may hold.

    Of an address that this site does not have nothing is told: it may be a link that somebody cut or misspelt.
    """
    match = request.resolver_match or _resolve(request.path_info)
    return f"/{match.route}" if match else NOWHERE


def _resolve(path: str) -> ResolverMatch | None:
    """For a request that was refused before its address was looked up."""
    with override(get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            return resolve(path)
        except Resolver404:
            return None


def secret_parts(match: ResolverMatch) -> dict[str, str]:
    """The parts of the address that give access to something, by name."""
    return {
        name: str(match.kwargs[name])
        for kind, name in PART.findall(match.route)
        if name in match.kwargs and not _is_public(kind)
    }


def _is_public(kind: str | None) -> bool:
    """Also of a converter that the site made of a public one."""
    return isinstance(get_converters().get(kind or ""), PUBLIC_PARTS)


def gives_access(match: ResolverMatch) -> bool:
    """Whether a part of the address gives access to something."""
    return bool(secret_parts(match))


def referrer(request: HttpRequest) -> str:
    """The host of another site that led here; empty when there is none."""
    given = request.META.get("HTTP_REFERER")
    if not given:
        return ""
    try:
        host = urlsplit(given).hostname or ""
    except ValueError:
        return ""
    own = request.META.get("HTTP_HOST", "").partition(":")[0].lower()
    return host if host != own and HOST.fullmatch(host) else ""
