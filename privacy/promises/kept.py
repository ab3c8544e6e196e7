"""How each sentence of the policy in force is kept, from the last results: nothing is checked here."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from privacy.plugins import ServedRight
from privacy.policy import binding
from privacy.policy.markdown import FrozenClause, FrozenSentence
from privacy.promises import checking
from privacy.promises.checking import PromiseState, PromiseStatus

_SPAN = r'<span id="{anchor}">(?P<words>.*?)</span>'


@dataclass(frozen=True)
class PromiseGroup:
    """Promises that the data map makes alike, one for each kind of record, category or purpose."""

    statuses: list[PromiseStatus]

    @property
    def not_kept(self) -> list[PromiseStatus]:
        return checking.broken(self.statuses)

    @property
    def kept(self) -> int:
        return len(self.statuses) - len(self.not_kept)

    @property
    def checked_at(self) -> datetime | None:
        """When the one that was looked at longest ago was looked at; None before the first check."""
        return min((status.result.checked_at for status in self.statuses if status.result), default=None)


@dataclass(frozen=True)
class KeptSentence:
    """A sentence that promises something or names a right, with what stands behind it."""

    sentence: FrozenSentence
    statuses: list[PromiseStatus]
    groups: list[PromiseGroup]
    rights: list[ServedRight]

    @property
    def is_broken(self) -> bool:
        """False where a promise was not checked for a while: that says nothing of the sentence."""
        grouped = [status for group in self.groups for status in group.statuses]
        return any(status.state == PromiseState.BROKEN for status in [*self.statuses, *grouped])

    @property
    def is_uncovered(self) -> bool:
        """Whether this release no longer has a check or a page that the sentence was published with."""
        known = {status.promise.key for status in self.statuses}
        known |= {status.promise.group for group in self.groups for status in group.statuses}
        return bool(set(self.sentence.promises) - known) or len(self.rights) < len(self.sentence.rights)


@dataclass(frozen=True)
class KeptClause:
    """`html` marks the sentences that are not kept. `others` counts those that promise nothing."""

    clause: FrozenClause
    html: SafeString
    sentences: list[KeptSentence]
    others: int

    @property
    def broken(self) -> list[KeptSentence]:
        return [sentence for sentence in self.sentences if sentence.is_broken]


def clauses(frozen: list[FrozenClause], *, now: datetime) -> list[KeptClause]:
    """One query. Of a ground that this release no longer knows, the sentence says so."""
    statuses = checking.statuses(now=now)
    rights = binding.served_rights()
    return [_clause(clause, statuses, rights) for clause in frozen]


def sentences_by_promise(frozen: list[FrozenClause]) -> dict[str, list[FrozenSentence]]:
    """By key of a promise or name of a group, the sentences that rest on it."""
    found: dict[str, list[FrozenSentence]] = {}
    for clause in frozen:
        for sentence in clause.sentences:
            for name in sentence.promises:
                found.setdefault(name, []).append(sentence)
    return found


def _clause(
    clause: FrozenClause, statuses: list[PromiseStatus], rights: Mapping[str, ServedRight]
) -> KeptClause:
    kept = [_sentence(sentence, statuses, rights) for sentence in clause.sentences]
    shown = [each for each in kept if each.sentence.promises or each.sentence.rights]
    return KeptClause(clause, _marked(clause, shown), shown, len(kept) - len(shown))


def _sentence(
    sentence: FrozenSentence, statuses: list[PromiseStatus], rights: Mapping[str, ServedRight]
) -> KeptSentence:
    named = [status for status in statuses if status.promise.key in sentence.promises]
    return KeptSentence(
        sentence,
        named,
        list(_groups(sentence, statuses)),
        [rights[name] for name in sentence.rights if name in rights],
    )


def _groups(sentence: FrozenSentence, statuses: list[PromiseStatus]) -> Iterator[PromiseGroup]:
    for name in sentence.promises:
        members = [status for status in statuses if status.promise.group == name]
        if members:
            yield PromiseGroup(members)


def _marked(clause: FrozenClause, sentences: list[KeptSentence]) -> SafeString:
    html = clause.html
    for each in sentences:
        if each.is_broken:
            html = _mark(html, clause, each.sentence)
    return mark_safe(html)  # noqa: S308 - rendered from Markdown that allows no HTML


def _mark(html: str, clause: FrozenClause, sentence: FrozenSentence) -> str:
    pattern = re.compile(_SPAN.format(anchor=re.escape(sentence.anchor)), re.DOTALL)
    facts = {"clause": clause, "sentence": sentence}
    return pattern.sub(
        lambda found: render_to_string(
            "privacy/promises/broken_sentence.html",
            facts | {"words": mark_safe(found["words"])},  # noqa: S308 - as above
        ).strip(),
        html,
    )
