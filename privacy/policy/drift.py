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
    """A value in the version in force that the current rules no longer give, or word differently.

    Of a list, only the items that differ.
    """

    language: str
    name: str
    published: PlaceholderValue
    current: PlaceholderValue | None
    is_worded_alone: bool = False


def of(version: PolicyVersion) -> list[Drift]:
    """Where the rules state something else than the text."""
    return [found for found in printed(version) if not found.is_worded_alone]


def printed(version: PolicyVersion) -> list[Drift]:
    """Also where a later release says the same in other words, such as another label or punctuation."""
    return [found for text in version.texts.all() for found in _drift(text)]


def _drift(text: PolicyText) -> Iterator[Drift]:
    current = placeholders.in_language(text.language)
    stated = placeholders.facts(text.language)
    for name, published in text.placeholders.items():
        running = _plain(current.get(name))
        # The first versions were published without their facts: what they print is all that is known.
        differs = name not in text.facts or text.facts[name] != stated.get(name)
        if running != published or (differs and name in text.facts):
            yield Drift(
                text.language, name, _without(published, running), _without(running, published), not differs
            )


def _without(value: Any, other: Any) -> Any:
    """Of two lists, the items of the first that the second lacks; any other value unchanged."""
    if isinstance(value, list) and isinstance(other, list):
        return [item for item in value if item not in other]
    return value


def _plain(value: PlaceholderValue | None) -> Any:
    """The value as JSON returns it: a list for every sequence."""
    return json.loads(json.dumps(value))
