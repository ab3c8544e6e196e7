"""What differs between two versions of a page, language by language. Pure."""

from privacy.policy import diff
from privacy.policy.diff import ClauseChange
from privacy.policy.markdown import FrozenClause
from softnlabs.website.pages.models import PageTexts


def between(older: PageTexts | None, newer: PageTexts) -> list[ClauseChange]:
    """One entry for each language: title, and the paragraphs as they were written."""
    before = [_clause(older, language) for language in ("en", "fr")] if older else []
    return diff.compare(before, [_clause(newer, language) for language in ("en", "fr")])


def _clause(texts: PageTexts, language: str) -> FrozenClause:
    title, description, text = (
        str(getattr(texts, f"{name}_{language}")) for name in ("title", "description", "text")
    )
    return FrozenClause(key=language, title=title, html="", plain=f"{description}\n{text}")
