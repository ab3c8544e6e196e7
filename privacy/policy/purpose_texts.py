"""What each version of the policy says of one purpose: a consent given to other words has to be asked for again."""

import re
from collections.abc import Iterator

from privacy.datamap.declarations import Purpose
from privacy.policy import markdown, publishing
from privacy.policy.models import PolicyText, PolicyVersion

_BLOCKS = re.compile(r"\n(?=[*-] |\s*\n|#)")


def stamps_with_same_text(purpose: Purpose) -> list[str]:
    """The numbers whose words on ``purpose`` are those in force, as stamped on a consent; "" while there is none.

    Words that changed and came back do not bring back what was given before: those who came between were told so.
    """
    texts = PolicyVersion.objects.prefetch_related("texts")
    stamps: list[str] = []
    in_force: dict[str, list[str]] | None = None
    for version in texts:
        said = {text.language: list(_said(text, purpose)) for text in version.texts.all()}
        if in_force is None:
            in_force = said
        if not _is_same(said, in_force):
            break
        stamps.append(str(version.number))
    return stamps or [publishing.version_stamp()]


def _is_same(older: dict[str, list[str]], newer: dict[str, list[str]]) -> bool:
    """In every language that both have: a language that came later changed nothing for anybody."""
    return all(older[language] == newer[language] for language in older.keys() & newer.keys())


def _said(text: PolicyText, purpose: Purpose) -> Iterator[str]:
    """The items and paragraphs that name the purpose, filled; how the lines are broken does not count."""
    name = f"purpose.{purpose.lower()}"
    for block in _BLOCKS.split(text.source):
        names = [found for _line, found in markdown.placeholders(block)]
        if name in names:
            words = markdown.fill(block, text.placeholders)
            yield " ".join(words.split())
