"""Small counts that the browser keeps for us: signed, bounded, and holding nothing that tells who somebody is."""

from collections.abc import Mapping
from typing import Final

from consent.cookies import signing

MAX_ENTRIES: Final = 41
"""Entries kept: the latest ones."""


def encode(kind: str, counts: Mapping[str, int]) -> str:
    latest = list(counts.items())[-MAX_ENTRIES:]
    return signing.sign(kind, ".".join(f"{key}~{count}" for key, count in latest))


def decode(kind: str, raw: str | None) -> dict[str, int] | None:
    """The counts; empty where there are none yet; None where the value is not ours."""
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
    """The counts with one more for `key`, which becomes the latest entry."""
    rest = {name: count for name, count in counts.items() if name != key}
    return {**rest, key: counts.get(key, 0) + by}
