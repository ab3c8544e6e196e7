"""Functions of django-cookie-consent that answer from our choices instead of from a cookie of its own.

What the package calls the state of a group (its template tags and filters, `cookie_consent.util`, its middleware and
its processor) all comes from two functions. They read a cookie that this site never sets, so each would say "not
answered", and would believe a cookie that a browser made up. There is no setting for them: `install()` puts these two
in their place, also where the package imported them by name.
"""

from types import ModuleType
from typing import Final

from cookie_consent import middleware, processor, util
from cookie_consent.cache import all_cookie_groups, get_cookie
from cookie_consent.templatetags import cookie_consent_tags
from django.conf import settings
from django.http import HttpRequest

from consent.choices import guard
from consent.cookies import choices_cookie

USERS: Final[tuple[ModuleType, ...]] = (util, middleware, processor, cookie_consent_tags)


def install() -> None:
    for name, function in (
        ("get_cookie_value_from_request", get_cookie_value_from_request),
        ("get_cookie_dict_from_request", get_cookie_dict_from_request),
    ):
        for module in USERS:
            if hasattr(module, name):
                setattr(module, name, function)


def get_cookie_value_from_request(request: HttpRequest, varname: str, cookie: str = "") -> bool | None:
    """Accepted, refused, or None where it was not answered; None too for a group or a cookie that is not declared.

    `cookie` is a name, with or without `:` and its domain.
    """
    group = all_cookie_groups().get(varname)
    if group is None or (cookie and get_cookie(group, *_name_and_domain(cookie)) is None):
        return None
    return _state(request, varname)


def get_cookie_dict_from_request(request: HttpRequest) -> dict[str, str]:
    """Each group that was answered, with its version, or with what the package writes for a refusal."""
    states = [(key, group, _state(request, key)) for key, group in all_cookie_groups().items()]
    return {
        key: group.get_version() if is_accepted else settings.COOKIE_CONSENT_DECLINE  # type: ignore[misc]
        for key, group, is_accepted in states
        if is_accepted is not None
    }


def _state(request: HttpRequest, key: str) -> bool | None:
    """Without the guard nothing is known, so nothing is accepted."""
    evaluated = guard.evaluated(request) if isinstance(request, HttpRequest) else choices_cookie.NOT_EVALUATED
    if evaluated is choices_cookie.NOT_EVALUATED or key in evaluated.undecided:
        return None
    return key in evaluated.accepted


def _name_and_domain(cookie: str) -> tuple[str, str]:
    name, _colon, domain = cookie.partition(":")
    return name, domain
