"""What changed between two versions of a text, clause by clause and word by word. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

from privacy.policy.markdown import FrozenClause

# Words, and the ends of blocks; a no-break space belongs to its word.
_TOKEN = re.compile(r"\n|[^ \n]+")


class RunMark(Enum):
    """What became of a run of words."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class TextRun:
    """Words that share one fate."""

    mark: RunMark
    text: str


Paragraph = tuple[TextRun, ...]


@dataclass(frozen=True)
class ClauseChange:
    """One clause on its way from the older version to the newer."""

    key: str
    title: Paragraph
    paragraphs: tuple[Paragraph, ...]

    @property
    def name(self) -> str:
        """The title as the newer version has it, or the older one's where the clause is gone."""
        kept = [run.text for run in self.title if run.mark is not RunMark.REMOVED]
        return " ".join(kept or [run.text for run in self.title])

    @property
    def is_changed(self) -> bool:
        return any(
            run.mark is not RunMark.SAME for paragraph in (self.title, *self.paragraphs) for run in paragraph
        )


def compare(older: Sequence[FrozenClause], newer: Sequence[FrozenClause]) -> list[ClauseChange]:
    """Each clause of either version, in the newer one's order, those that were taken out last."""
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
    """Cut at the ends of blocks, so that a mark never reaches over two paragraphs."""
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
