"""What this visitor accepted, weighed once per request, and kept to on the way in and on the way out."""

from datetime import datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from consent.choices import enforcement
from consent.cookies import choices_cookie, registry, sightings
from consent.cookies.registry import Register
from consent.wording import wording
from privacy.web.headers import FixedHeaders, header_value, is_html

UNSHARED: Final = FixedHeaders({"Cache-Control": "private"})


def weigh(request: HttpRequest, register: Register, *, moment: float) -> None:
    """Read the choices that came with the request; `standing(request)` gives the result to everybody after."""
    name = f"{settings.COOKIE_PREFIX}choices"
    raw = request.COOKIES.get(name, "")
    is_ours = raw and not choices_cookie.is_doubled(request.META.get("HTTP_COOKIE", ""), name)
    choices = choices_cookie.decode(raw) if is_ours else choices_cookie.NOTHING
    if choices.receipt is not None:
        _browser_keys(request).add(choices.receipt)
    choose(request, register, choices, moment=moment)


def choose(
    request: HttpRequest, register: Register, choices: choices_cookie.Choices, *, moment: float
) -> None:
    """Let `choices` count from here on for this request.

    `request.records_visits` tells the ground floor, which knows nothing of choices, whether to record the visit.
    """
    has_signal = request.META.get("HTTP_SEC_GPC") == "1"
    if choices is choices_cookie.NOTHING:
        result = _without_choices(register, has_signal=has_signal)
    else:
        result = _stand(choices, register, moment=moment, has_signal=has_signal)
    before = standing(request)
    request.gone = _gone(request) | before.accepted | before.outweighed  # type: ignore[attr-defined]
    request.standing = result  # type: ignore[attr-defined]
    request.records_visits = "visits" in result.accepted  # type: ignore[attr-defined]


def _stand(
    choices: choices_cookie.Choices, register: Register, *, moment: float, has_signal: bool
) -> choices_cookie.Standing:
    return choices_cookie.stand(
        choices,
        words=wording.of(register).keys,
        objectable=register.objectable,
        moment=moment,
        has_signal=has_signal,
    )


@lru_cache(maxsize=8)
def _without_choices(register: Register, *, has_signal: bool) -> choices_cookie.Standing:
    """Where nothing was decided nothing can lapse: the same at every moment, so worked out once for a register."""
    return _stand(choices_cookie.NOTHING, register, moment=0, has_signal=has_signal)


def keep(request: HttpRequest) -> None:
    """Let the answer, whichever view makes it, hand the choices that now stand to the browser."""
    request.keeps_choices = True  # type: ignore[attr-defined]


def standing(request: HttpRequest) -> choices_cookie.Standing:
    """What this visitor accepted; nothing at all where no guard stood."""
    return getattr(request, "standing", choices_cookie.UNGUARDED)


def hand_over(response: HttpResponse, choices: choices_cookie.Choices, *, now: datetime) -> None:
    """Give the browser its choices to keep, until the last of them lapses."""
    if not choices.decisions:
        return
    response.set_cookie(
        f"{settings.COOKIE_PREFIX}choices",
        choices_cookie.encode(choices),
        max_age=choices_cookie.lives_until(choices) - int(now.timestamp()),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def hide(request: HttpRequest, register: Register) -> None:
    allowed = standing(request).accepted | register.always
    names = enforcement.hidden(register, allowed, request.COOKIES)
    if not names:
        return
    for name in names:
        del request.COOKIES[name]
    request.META["HTTP_COOKIE"] = enforcement.without(request.META.get("HTTP_COOKIE", ""), names)


def clean(request: HttpRequest, response: HttpResponse, given: tuple[str, ...], *, now: datetime) -> None:
    register = registry.current()
    allowed = standing(request).accepted | register.always
    choices = standing(request).choices
    prolonged = choices_cookie.prolonged(choices, objectable=register.objectable, now=now)
    if prolonged is not choices or getattr(request, "keeps_choices", False):
        hand_over(response, prolonged, now=now)
    if is_html(response):  # a cache must not hand one visitor's banner to another
        _varying(header_value(response, "vary")).override(response)
        UNSHARED.add_missing(response)
    enforcement.strip_header(response)
    if response.cookies:
        enforcement.strip(response, register, allowed, now=now)
    sightings.note_brought(given, register)
    unwanted = enforcement.hidden(register, allowed, given)
    if unwanted:
        enforcement.delete(response, [register.by_name[name][1] for name in unwanted])
    withdrawn = _gone(request) - allowed
    if withdrawn:  # cookies of another path do not come with the request, and go all the same
        enforcement.delete(
            response, [cookie for group, cookie in register.by_name.values() if group.key in withdrawn]
        )


@lru_cache(maxsize=64)
def _varying(before: str) -> FixedHeaders:
    """What an answer varies with: `before`, which our own code wrote, and what a banner depends on."""
    scratch = HttpResponse(headers={"Vary": before} if before else {})
    patch_vary_headers(scratch, ("Cookie", "Sec-GPC"))
    return FixedHeaders({"Vary": scratch.headers["Vary"]})


def _gone(request: HttpRequest) -> frozenset[str]:
    """Groups that were accepted before something in this request changed that; they may be accepted again."""
    gone: frozenset[str] = getattr(request, "gone", frozenset())
    return gone


def _browser_keys(request: HttpRequest) -> set[UUID]:
    keys: set[UUID] = request.__dict__.setdefault("browser_keys", set())
    return keys
