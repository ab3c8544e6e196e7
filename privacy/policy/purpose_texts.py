"""What each version says about one purpose: consent to another text has to be asked for again (GDPR article 4(11))."""

import re
from collections.abc import Iterator

from privacy.datamap.declarations import Purpose
from privacy.policy import grounds, markdown, publishing
from privacy.policy.models import PolicyText, PolicyVersion

_BLOCKS = re.compile(r"\n(?=[*-] |\s*\n|#)")


def stamps_with_same_text(purpose: Purpose) -> list[str]:
    """The version numbers whose text on `purpose` is the one in force; `[""]` before the first version.

    Only those since the last change: a text that changed and came back does not revive older consents, since
    people were told otherwise in between.
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
    """In every language that both have: adding a language changes nothing for anybody."""
    return all(older[language] == newer[language] for language in older.keys() & newer.keys())


def _said(text: PolicyText, purpose: Purpose) -> Iterator[str]:
    """The items and paragraphs that name the purpose, filled in, regardless of line breaks."""
    name = f"purpose.{purpose.lower()}"
    for block in _BLOCKS.split(grounds.without_marks(text.source)):
        names = [found for _line, found in markdown.placeholders(block)]
        if name in names:
            words = markdown.fill(block, text.placeholders)
            yield " ".join(words.split())
