"""Counts kept in a signed cookie: bounded, and without anything that identifies the visitor."""

from collections.abc import Mapping
from typing import Final

from consent.cookies import signing

MAX_ENTRIES: Final = 41
"""Only the latest entries are kept: two for each of twenty notices, and the token of `frequency`."""


def encode(kind: str, counts: Mapping[str, int]) -> str:
    latest = list(counts.items())[-MAX_ENTRIES:]
    return signing.sign(kind, ".".join(f"{key}~{count}" for key, count in latest))


def decode(kind: str, raw: str | None) -> dict[str, int] | None:
    """Empty where there is no value yet; None where the value is not ours."""
    if raw is None:
        return {}
    text = signing.unsign(kind, raw)
    if text is None:
        return None
    try:
        return {key: int(count) for key, count in (entry.split("~") for entry in text.split(".") if entry)}
    except ValueError:
        return None


def incremented(counts: Mapping[str, int], key: str, *, by: int = 1) -> dict[str, int]:
    """The entry of `key` becomes the latest."""
    rest = {name: count for name, count in counts.items() if name != key}
    return {**rest, key: counts.get(key, 0) + by}
