"""The visitor's choices as the browser carries them: one signed value, read whole or not at all.

Pure: no query, no clock. Whatever is not exactly what we wrote (forged, cut, doubled, outdated) counts as no choice,
and no choice is no consent. Each decision has its own six months, counted from its own instant.

    2.<receipt>.<group>~<y|o|n|s>~<given at>~<valid until>~<words>. … .<signature>

`words` is the short hash of what was asked about that group: when our words about one group change, that group
alone is asked about again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Final
from uuid import UUID

from consent.cookies import signing
from privacy.datamap.periods import Period

KIND: Final = "choices"
FORMAT: Final = "2"
VALIDITY: Final = Period(months=6)
"""How long a yes or a no is kept before the question is put again (CNIL, recommendation 2020-092)."""
RENEW_AFTER: Final = timedelta(days=30)


def validity() -> str:
    """The same in words, for the policy."""
    return str(VALIDITY)


class Answer(Enum):
    """`YES_DESPITE_GPC` is a yes given while the browser said no for all sites (Sec-GPC): it alone overrides that.

    `NO_BY_GPC` is the no that such a signal makes of a yes given before it.
    """

    YES = "y"
    YES_DESPITE_GPC = "o"
    NO = "n"
    NO_BY_GPC = "s"


@dataclass(frozen=True, slots=True)
class CookieDecision:
    answer: Answer
    at: int
    until: int
    """Both in seconds since the epoch: comparing two numbers is all that a page can afford."""
    words: str = ""
    """What was answered; empty for an objection, which needs no words."""

    @property
    def is_yes(self) -> bool:
        return self.answer in (Answer.YES, Answer.YES_DESPITE_GPC)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the browser holds."""

    receipt: UUID | None = None
    decisions: Mapping[str, CookieDecision] = field(default_factory=dict)


NO_CHOICES: Final = Choices()


def decide(answer: Answer, *, now: datetime, words: str = "") -> CookieDecision:
    return CookieDecision(answer, int(now.timestamp()), int(VALIDITY.after(now).timestamp()), words)


def encode(choices: Choices) -> str:
    if choices.receipt is None:
        raise ValueError("choices without a receipt cannot be proved, hence not kept")
    parts = [
        f"{group}~{d.answer.value}~{d.at}~{d.until}~{d.words}"
        for group, d in sorted(choices.decisions.items())
    ]
    return signing.sign(KIND, ".".join([FORMAT, choices.receipt.hex, *parts]))


def decode(raw: str) -> Choices:
    text = signing.unsign(KIND, raw)
    if text is None:
        return NO_CHOICES
    try:
        form, receipt, *decisions = text.split(".")
        if form != FORMAT:
            return NO_CHOICES
        return Choices(UUID(hex=receipt), dict(map(_decision, decisions)))
    except ValueError:
        return NO_CHOICES


_ANSWERS: Final = {answer.value: answer for answer in Answer}


def _decision(part: str) -> tuple[str, CookieDecision]:
    group, letter, at, until, words = part.split("~")
    if letter not in _ANSWERS:
        raise ValueError(letter)
    return group, CookieDecision(_ANSWERS[letter], int(at), int(until), words)


def is_duplicated(header: str, name: str) -> bool:
    """Whether a Cookie header carries `name` twice: which of the two is ours cannot be known, so neither counts."""
    if header.count(name) < 2:
        return False
    return sum(part.partition("=")[0].strip() == name for part in header.split(";")) > 1


@dataclass(frozen=True, slots=True)
class EvaluatedChoices:
    """What counts for one request, all told."""

    choices: Choices
    accepted: frozenset[str]
    """Groups whose cookies may be set and read: consented to, or not objected to."""
    undecided: frozenset[str]
    """Groups that the visitor is still to be asked about."""
    has_gpc: bool
    """The browser says no for all sites (Sec-GPC)."""
    overridden_by_gpc: frozenset[str] = frozenset()
    """Groups accepted before that signal came: it counts, and is still to be written down."""


def evaluate(
    choices: Choices,
    *,
    words: Mapping[str, str],
    opt_out_groups: Collection[str],
    moment: float,
    has_gpc: bool,
) -> EvaluatedChoices:
    """Weigh `choices` at `moment` (seconds since the epoch) against the words in force.

    `words`: each group that needs a yes, with the short hash of what is asked about it now. Other words make the
    answer to the old ones void, and an answer that was given before the signal does not outweigh it. `opt_out_groups`:
    groups that run until somebody objects; an objection does not lapse because our words changed.
    """
    accepted: set[str] = set()
    undecided: set[str] = set()
    overridden_by_gpc: set[str] = set()
    for group, current in words.items():
        decision = choices.decisions.get(group)
        if decision is None or decision.until <= moment or decision.words != current:
            if not has_gpc:
                undecided.add(group)
        elif decision.is_yes:
            (overridden_by_gpc if has_gpc and decision.answer is Answer.YES else accepted).add(group)
    for group in opt_out_groups:
        decision = choices.decisions.get(group)
        if decision is None or decision.is_yes or decision.until <= moment:
            accepted.add(group)
    return EvaluatedChoices(
        choices, frozenset(accepted), frozenset(undecided), has_gpc, frozenset(overridden_by_gpc)
    )


def revise(
    evaluated: EvaluatedChoices,
    answers: Mapping[str, bool],
    *,
    receipt: UUID,
    words: Mapping[str, str],
    now: datetime,
) -> Choices:
    """The choices after the visitor's act: what changed or had lapsed is decided now, the rest keeps its clock."""
    moment = now.timestamp()
    kept = {
        group: decision
        for group, decision in evaluated.choices.decisions.items()
        if decision.until > moment and (group not in words or decision.words == words[group])
    }
    for group, is_yes in answers.items():
        matching = _matching(is_yes=is_yes, despite_gpc=evaluated.has_gpc and group in words)
        if group not in kept or kept[group].answer not in matching:
            kept[group] = decide(matching[0], now=now, words=words.get(group, ""))
    return replace(evaluated.choices, receipt=receipt, decisions=kept)


def apply_gpc(evaluated: EvaluatedChoices, *, now: datetime) -> Choices:
    """The choices after a signal that came later than a yes: that yes is a no now, with a clock of its own."""
    before = evaluated.choices.decisions
    noted = {
        group: decide(Answer.NO_BY_GPC, now=now, words=before[group].words)
        for group in evaluated.overridden_by_gpc
    }
    return replace(evaluated.choices, decisions={**before, **noted})


def _matching(*, is_yes: bool, despite_gpc: bool) -> tuple[Answer, ...]:
    """The answers that say `is_yes`: the one to write down first."""
    if not is_yes:
        return (Answer.NO,)
    return (Answer.YES_DESPITE_GPC,) if despite_gpc else (Answer.YES, Answer.YES_DESPITE_GPC)


def renew_objections(choices: Choices, *, opt_out_groups: Collection[str], now: datetime) -> Choices:
    """The same choices, with each objection renewed that is over a month old.

    A consent ends by itself after six months; an objection must not, as long as the browser comes back.
    """
    if choices.decisions.keys().isdisjoint(opt_out_groups):
        return choices
    moment, late = now.timestamp(), (now - RENEW_AFTER).timestamp()
    renewed = {
        group: decide(Answer.NO, now=now)
        for group, decision in choices.decisions.items()
        if group in opt_out_groups and not decision.is_yes and decision.at < late and moment < decision.until
    }
    return replace(choices, decisions={**choices.decisions, **renewed}) if renewed else choices


def expires_at(choices: Choices) -> int:
    """When the last decision lapses, in seconds since the epoch: then the browser may forget the whole."""
    return max((decision.until for decision in choices.decisions.values()), default=0)


NOT_EVALUATED: Final = EvaluatedChoices(NO_CHOICES, frozenset(), frozenset(), has_gpc=False)
