"""What differs between two versions of a page, language by language. Pure."""

from privacy.policy import diff
from privacy.policy.diff import ClauseChange
from privacy.policy.markdown import FrozenClause
from softnlabs.website.pages.models import PageTexts


def between(older: PageTexts | None, newer: PageTexts) -> list[ClauseChange]:
    """One entry for each language: title, and paragraphs as they were written. Nothing is new in a first version."""
    before = [_clause(older or newer, language) for language in ("en", "fr")]
    return diff.compare(before, [_clause(newer, language) for language in ("en", "fr")])


def _clause(texts: PageTexts, language: str) -> FrozenClause:
    title, description, text = (
        str(getattr(texts, f"{name}_{language}")) for name in ("title", "description", "text")
    )
    return FrozenClause(key=language, title=title, html="", plain=f"{description}\n{text}")
