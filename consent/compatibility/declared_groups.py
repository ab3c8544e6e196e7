"""The groups that django-cookie-consent knows are those of our register, in the language of the page.

The package reads its groups through a cache that a setting names (`COOKIE_CONSENT_CACHE_BACKEND`), so this is one. It
answers from the process: a page asks no database, and a change at the desk is seen as soon as our register sees it.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cookie_consent.models import CookieGroup
from django.core.cache.backends.base import BaseCache
from django.utils.translation import get_language

from consent.cookies import registry
from consent.cookies.registry import Register


class DeclaredGroups(BaseCache):
    """Of the methods of a cache, those that the package calls."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get_or_set(self, *_key: object, **_facts: object) -> Mapping[str, Any]:
        """By key, as the package reads them: those that a visitor can answer about, with their cookies."""
        return _groups(registry.current(), get_language() or "en")

    def delete(self, *_key: object, **_facts: object) -> bool:
        """Nothing is kept but what the register at hand says."""
        return False


@lru_cache(maxsize=8)
def _groups(register: Register, language: str) -> Mapping[str, Any]:
    keys = [group.key for group in register.groups if group.needs_consent or group.is_opt_out]
    rows = CookieGroup.objects.filter(varname__in=keys).prefetch_related("cookie_set")
    found = rows.in_bulk(field_name="varname")
    for key, row in found.items():
        row.name, row.description = register.by_key[key].name, register.by_key[key].description
    return {key: found[key] for key in keys if key in found}
