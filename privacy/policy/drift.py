"""Where the policy in force says something else than the rules that run."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from privacy.policy import placeholders
from privacy.policy.markdown import PlaceholderValue
from privacy.policy.models import PolicyText, PolicyVersion


@dataclass(frozen=True)
class Drift:
    """A value that the version in force prints and that the rules which run no longer give.

    Of a list, only the items that differ.
    """

    language: str
    name: str
    published: PlaceholderValue
    current: PlaceholderValue | None


def of(version: PolicyVersion) -> list[Drift]:
    """Where ``version`` says something else than the rules that run at this moment."""
    return [found for text in version.texts.all() for found in _drift(text)]


def _drift(text: PolicyText) -> Iterator[Drift]:
    current = placeholders.in_language(text.language)
    for name, published in text.placeholders.items():
        running = _plain(current.get(name))
        if running != published:
            yield Drift(text.language, name, _without(published, running), _without(running, published))


def _without(value: Any, other: Any) -> Any:
    """Of two lists, the items of one that the other lacks; anything else as it is."""
    if isinstance(value, list) and isinstance(other, list):
        return [item for item in value if item not in other]
    return value


def _plain(value: PlaceholderValue | None) -> Any:
    """The value as JSON gives it back: lists for every sequence."""
    return json.loads(json.dumps(value))
