"""Differences between two versions of a text, by clause and by word. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

from privacy.policy.markdown import FrozenClause

# Words and ends of blocks. A no-break space is part of its word.
_TOKEN = re.compile(r"\n|[^ \n]+")


class RunMark(Enum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class TextRun:
    mark: RunMark
    text: str


Paragraph = tuple[TextRun, ...]


@dataclass(frozen=True)
class ClauseChange:
    """One clause in both versions; unchanged, changed, added or removed."""

    key: str
    title: Paragraph
    paragraphs: tuple[Paragraph, ...]

    @property
    def name(self) -> str:
        """The newer title, or the older one where the clause was removed."""
        kept = [run.text for run in self.title if run.mark is not RunMark.REMOVED]
        return " ".join(kept or [run.text for run in self.title])

    @property
    def is_changed(self) -> bool:
        return any(
            run.mark is not RunMark.SAME for paragraph in (self.title, *self.paragraphs) for run in paragraph
        )


def compare(older: Sequence[FrozenClause], newer: Sequence[FrozenClause]) -> list[ClauseChange]:
    """Each clause of either version, in the newer order, with those that were removed last."""
    before = {clause.key: clause for clause in older}
    after = {clause.key for clause in newer}
    nothing = FrozenClause(key="", title="", html="", plain="")
    kept = [_change(clause.key, before.get(clause.key, nothing), clause) for clause in newer]
    gone = [_change(clause.key, clause, nothing) for clause in older if clause.key not in after]
    return kept + gone


def _change(key: str, older: FrozenClause, newer: FrozenClause) -> ClauseChange:
    title = tuple(_runs(older.title, newer.title))
    return ClauseChange(key, title, tuple(_paragraphs(_runs(older.plain, newer.plain))))


def _runs(older: str, newer: str) -> Iterator[TextRun]:
    was, now = _TOKEN.findall(older), _TOKEN.findall(newer)
    for verb, i, j, k, m in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if verb == "equal":
            yield TextRun(RunMark.SAME, " ".join(now[k:m]))
        else:
            marked = (
                TextRun(RunMark.REMOVED, " ".join(was[i:j])),
                TextRun(RunMark.ADDED, " ".join(now[k:m])),
            )
            yield from (run for run in marked if run.text)


def _paragraphs(runs: Iterator[TextRun]) -> Iterator[Paragraph]:
    """Split at the ends of blocks, so that no run spans two paragraphs."""
    paragraph: list[TextRun] = []
    for run in runs:
        first, *others = (text.strip(" ") for text in run.text.split("\n"))
        paragraph += [TextRun(run.mark, first)] if first else []
        for text in others:
            if paragraph:
                yield tuple(paragraph)
            paragraph = [TextRun(run.mark, text)] if text else []
    if paragraph:
        yield tuple(paragraph)
