"""The declared groups and cookies, kept in the process: pages query neither the database nor a cache.

`current()` checks for changes every half minute; `reload()` at once, before choices are saved. A cookie that is not
declared, or whose group has no declaration, is unknown to the guard, which strips it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from cookie_consent.models import CookieGroup
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consent.cookies.cached import Cached
from consent.cookies.models import CookieDeclaration, GroupDeclaration
from privacy.datamap.declarations import Basis, Purpose
from privacy.datamap.periods import Period

Terms = GroupDeclaration.Terms


Texts = Mapping[str, str]


def in_language(texts: Texts) -> str:
    """The text in the active language; English where there is none."""
    return texts.get((get_language() or "en")[:2]) or texts["en"]


@dataclass(frozen=True)
class DeclaredCookie:
    """`name` is the name in the browser, with its prefix; `label` the one without."""

    name: str
    label: str
    path: str
    domain: str
    descriptions: Texts
    lifetime: Period | None
    reader: str

    @property
    def description(self) -> str:
        return in_language(self.descriptions)


@dataclass(frozen=True)
class DeclaredGroup:
    key: str
    terms: str
    purpose: str
    names: Texts
    descriptions: Texts
    cookies: tuple[DeclaredCookie, ...]

    @property
    def name(self) -> str:
        return in_language(self.names)

    @property
    def description(self) -> str:
        return in_language(self.descriptions)

    @property
    def needs_consent(self) -> bool:
        return self.terms == Terms.CONSENT

    @property
    def is_opt_out(self) -> bool:
        return self.terms == Terms.UNTIL_OBJECTION


@dataclass(frozen=True, eq=False)
class Register:
    """All groups at one moment. Two registers are the same when their digests are."""

    groups: tuple[DeclaredGroup, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Register) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def by_key(self) -> Mapping[str, DeclaredGroup]:
        return {group.key: group for group in self.groups}

    @cached_property
    def by_name(self) -> Mapping[str, tuple[DeclaredGroup, DeclaredCookie]]:
        return {cookie.name: (group, cookie) for group in self.groups for cookie in group.cookies}

    @cached_property
    def consent_groups(self) -> frozenset[str]:
        return frozenset(group.key for group in self.groups if group.needs_consent)

    @cached_property
    def opt_out_groups(self) -> frozenset[str]:
        return frozenset(group.key for group in self.groups if group.is_opt_out)

    @cached_property
    def necessary_groups(self) -> frozenset[str]:
        return frozenset(group.key for group in self.groups if group.terms == Terms.ALWAYS)

    @cached_property
    def digest(self) -> str:
        """Changes with any text, group, cookie, lifetime or controller: each changes what visitors consent to."""
        said = [self.groups, _without_address(settings.ENTITY), _without_address(settings.CONTROLLER)]
        return hashlib.sha256(json.dumps(said, default=_plain, sort_keys=True).encode()).hexdigest()


def _without_address(who: Mapping[str, object]) -> dict[str, object]:
    """A controller that moves is the same one: nobody is asked again."""
    return {name: value for name, value in who.items() if name not in {"street", "telephone"}}


def listing() -> list[tuple[str, list[str]]]:
    """For the placeholder `list.cookies` of the policy. Reloaded, since a published version is frozen."""
    return [
        (f"{group.name}. {group.description}", [_in_words(cookie) for cookie in group.cookies])
        for group in reload().groups
    ]


def listed_facts() -> dict[str, list[list[str]]]:
    """Of `list.cookies`: by group, what it is for and whether it asks, and each cookie with how long it stays (empty:
    until the browser is closed).
    """
    return {
        group.key: [
            [group.purpose, group.terms],
            *([cookie.name, cookie.lifetime.iso if cookie.lifetime else ""] for cookie in group.cookies),
        ]
        for group in reload().groups
    }


def basis_of_personalisation() -> str:
    """For the placeholder `basis.personalisation`; empty, hence not publishable, when a group does not ask."""
    if any(group.purpose == Purpose.PERSONALISATION and not group.needs_consent for group in reload().groups):
        return ""
    return str(Basis.CONSENT.label)


def _in_words(cookie: DeclaredCookie) -> str:
    words = {
        "name": cookie.name,
        "lifetime": cookie.lifetime or _("until the browser is closed"),
        "description": cookie.description,
    }
    return _("%(name)s (%(lifetime)s): %(description)s") % words


def _plain(value: object) -> object:
    return vars(value) if isinstance(value, DeclaredGroup | DeclaredCookie | Period) else str(value)


def _read() -> Register:
    declared = CookieDeclaration.objects.select_related("cookie").order_by("cookie__name", "id")
    cookies: dict[int, list[DeclaredCookie]] = {}
    for declaration in declared:
        cookies.setdefault(declaration.cookie.cookiegroup_id, []).append(_cookie(declaration))
    groups = CookieGroup.objects.filter(declaration__isnull=False).select_related("declaration")
    return Register(
        tuple(_group(group, tuple(cookies.get(group.pk, ()))) for group in groups.order_by("ordering", "id"))
    )


def group_declaration(group: CookieGroup) -> GroupDeclaration:
    """The package has no types, so mypy does not see the reverse relation."""
    return cast("GroupDeclaration", cast("Any", group).declaration)


def _group(group: CookieGroup, cookies: tuple[DeclaredCookie, ...]) -> DeclaredGroup:
    declaration = group_declaration(group)
    return DeclaredGroup(
        key=group.varname,
        terms=declaration.terms,
        purpose=declaration.purpose,
        names={"en": group.name, "fr": declaration.name_fr},
        descriptions={"en": group.description, "fr": declaration.description_fr},
        cookies=cookies,
    )


def _cookie(declaration: CookieDeclaration) -> DeclaredCookie:
    cookie = declaration.cookie
    return DeclaredCookie(
        name=settings.COOKIE_PREFIX + cookie.name,
        label=cookie.name,
        path=cookie.path or "/",
        domain=cookie.domain,
        descriptions={"en": cookie.description, "fr": declaration.description_fr},
        lifetime=declaration.lifetime(),
        reader=declaration.reader or str(settings.ENTITY["name"]),
    )


def _is_same(one: Register, other: Register) -> bool:
    return one.digest == other.digest


_cached = Cached(_read, is_same=_is_same, fallback=Register(()))
current, reload, invalidate = _cached.current, _cached.reload, _cached.invalidate


def group_name(key: str) -> str:
    """The key itself where the group no longer exists."""
    group = current().by_key.get(key)
    return group.name if group else key
