"""Where the policy in force differs from the rules that run."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from privacy.policy import placeholders
from privacy.policy.markdown import PlaceholderValue
from privacy.policy.models import PolicyText, PolicyVersion


@dataclass(frozen=True)
class Drift:
    """A value in the version in force that the current rules no longer give.

    Of a list, only the items that differ.
    """

    language: str
    name: str
    published: PlaceholderValue
    current: PlaceholderValue | None


def of(version: PolicyVersion) -> list[Drift]:
    return [found for text in version.texts.all() for found in _drift(text)]


def _drift(text: PolicyText) -> Iterator[Drift]:
    current = placeholders.in_language(text.language)
    for name, published in text.placeholders.items():
        running = _plain(current.get(name))
        if running != published:
            yield Drift(text.language, name, _without(published, running), _without(running, published))


def _without(value: Any, other: Any) -> Any:
    """Of two lists, the items of the first that the second lacks; any other value unchanged."""
    if isinstance(value, list) and isinstance(other, list):
        return [item for item in value if item not in other]
    return value


def _plain(value: PlaceholderValue | None) -> Any:
    """The value as JSON returns it: a list for every sequence."""
    return json.loads(json.dumps(value))
