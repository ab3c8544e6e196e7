"""Every address of the site, and a sample of each."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def _addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, route)
        else:
            yield route


def addresses() -> list[str]:
    return sorted(set(_addresses(get_resolver().url_patterns)))
