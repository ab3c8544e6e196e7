"""What this visitor accepted, weighed once per request, and kept to on the way in and on the way out."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from consent.choices import enforcement
from consent.cookies import choices_cookie, observations, registry
from consent.cookies.registry import Register
from consent.wording import wording
from privacy.visits import recording
from privacy.web.headers import FixedHeaders, header_value, is_html
from privacy.web.request_facts import Browser, RequestAttribute

PRIVATE_CACHE: Final = FixedHeaders({"Cache-Control": "private"})


@dataclass(slots=True)
class RequestChoices(RequestAttribute):
    """The choices that count for one request: where the guard did not read any, nothing is accepted."""

    evaluated: choices_cookie.EvaluatedChoices = choices_cookie.NOT_EVALUATED
    revoked_groups: frozenset[str] = frozenset()
    """Groups that were accepted before something in this request changed that; they may be accepted again."""
    has_changed: bool = False
    """Whether the response hands the choices that now stand to the browser."""


def read_choices(request: HttpRequest, register: Register, *, moment: float) -> None:
    """Read the choices that came with the request; `evaluated(request)` gives the result to everybody after."""
    name = f"{settings.COOKIE_PREFIX}choices"
    raw = request.COOKIES.get(name, "")
    is_ours = raw and not choices_cookie.is_duplicated(request.META.get("HTTP_COOKIE", ""), name)
    choices = choices_cookie.decode(raw) if is_ours else choices_cookie.NO_CHOICES
    apply_choices(request, register, choices, moment=moment)


def apply_choices(
    request: HttpRequest, register: Register, choices: choices_cookie.Choices, *, moment: float
) -> None:
    """Let `choices` count from here on for this request, and for the recording of its visit."""
    has_gpc = request.META.get("HTTP_SEC_GPC") == "1"
    if choices is choices_cookie.NO_CHOICES:
        result = _without_choices(register, has_gpc=has_gpc)
    else:
        result = _evaluate(choices, register, moment=moment, has_gpc=has_gpc)
    state = RequestChoices.of(request)
    state.revoked_groups |= state.evaluated.accepted | state.evaluated.overridden_by_gpc
    state.evaluated = result
    Browser.of(request).records_visits = "visits" in result.accepted


def _evaluate(
    choices: choices_cookie.Choices, register: Register, *, moment: float, has_gpc: bool
) -> choices_cookie.EvaluatedChoices:
    return choices_cookie.evaluate(
        choices,
        words=wording.prompt_for(register).keys,
        opt_out_groups=register.opt_out_groups,
        moment=moment,
        has_gpc=has_gpc,
    )


@lru_cache(maxsize=8)
def _without_choices(register: Register, *, has_gpc: bool) -> choices_cookie.EvaluatedChoices:
    """Where nothing was decided nothing can lapse: the same at every moment, so worked out once for a register."""
    return _evaluate(choices_cookie.NO_CHOICES, register, moment=0, has_gpc=has_gpc)


def mark_changed(request: HttpRequest) -> None:
    """Let the answer, whichever view makes it, hand the choices that now stand to the browser."""
    RequestChoices.of(request).has_changed = True


def evaluated(request: HttpRequest) -> choices_cookie.EvaluatedChoices:
    """What this visitor accepted; nothing at all where no guard stood."""
    return RequestChoices.of(request).evaluated


def set_cookie(response: HttpResponse, choices: choices_cookie.Choices, *, now: datetime) -> None:
    """Give the browser its choices to keep, until the last of them lapses."""
    if not choices.decisions:
        return
    response.set_cookie(
        f"{settings.COOKIE_PREFIX}choices",
        choices_cookie.encode(choices),
        max_age=choices_cookie.expires_at(choices) - int(now.timestamp()),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def hide_cookies(request: HttpRequest, register: Register) -> None:
    allowed = evaluated(request).accepted | register.necessary_groups
    names = enforcement.disallowed(register, allowed, request.COOKIES)
    if not names:
        return
    Browser.of(request).hidden_visitor = recording.visitor_of(request)
    for name in names:
        del request.COOKIES[name]
    request.META["HTTP_COOKIE"] = enforcement.remove_from_header(request.META.get("HTTP_COOKIE", ""), names)


def process_response(
    request: HttpRequest, response: HttpResponse, given: tuple[str, ...], *, now: datetime
) -> None:
    register, state = registry.current(), RequestChoices.of(request)
    allowed, choices = state.evaluated.accepted | register.necessary_groups, state.evaluated.choices
    renewed = choices_cookie.renew_objections(choices, opt_out_groups=register.opt_out_groups, now=now)
    if renewed is not choices or state.has_changed:
        set_cookie(response, renewed, now=now)
    if is_html(response):  # a cache must not hand one visitor's banner to another
        _vary_header(header_value(response, "vary")).override(response)
        PRIVATE_CACHE.add_missing(response)
    enforcement.strip_header(response)
    if response.cookies:
        enforcement.strip(response, register, allowed, now=now)
    observations.record_received(given, register)
    unwanted = enforcement.disallowed(register, allowed, given)
    if Browser.of(request).keeps_number:
        unwanted.remove(recording.cookie_name())
    if unwanted:
        enforcement.delete(response, [register.by_name[name][1] for name in unwanted])
    withdrawn = state.revoked_groups - allowed
    if withdrawn:  # cookies of another path do not come with the request, and go all the same
        enforcement.delete(
            response, [cookie for group, cookie in register.by_name.values() if group.key in withdrawn]
        )


@lru_cache(maxsize=64)
def _vary_header(before: str) -> FixedHeaders:
    """What an answer varies with: `before`, which our own code wrote, and what a banner depends on."""
    scratch = HttpResponse(headers={"Vary": before} if before else {})
    patch_vary_headers(scratch, ("Cookie", "Sec-GPC"))
    return FixedHeaders({"Vary": scratch.headers["Vary"]})
