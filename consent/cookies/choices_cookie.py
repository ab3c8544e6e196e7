"""The visitor's choices as stored in the browser: one signed value, accepted as a whole or not at all.

Pure: no query, no clock. A value that is not exactly what we wrote (forged, truncated, duplicated, outdated) counts as
no choice, and no choice is no consent. Each decision is valid for six months from its own instant.

    2.<receipt>.<group>~<y|o|n|s>~<given at>~<valid until>~<words>. … .<signature>

`words` is the short hash of what was asked about that group: when the text about one group changes, the visitor is
asked about that group alone.
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
"""How long a yes or a no counts before the visitor is asked again (CNIL, recommendation 2020-092)."""
RENEW_AFTER: Final = timedelta(days=30)
"""Not at every page: a renewal sets the cookie again."""


def validity() -> str:
    """For the placeholder `choice.validity` of the policy."""
    return str(VALIDITY)


class Answer(Enum):
    """`YES_DESPITE_GPC`: a yes given while the browser sent Sec-GPC; it overrides the signal.

    `NO_BY_GPC`: the signal came after a yes, and replaced it.
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
    """Both in seconds since the epoch: every page compares them, and parsing dates would cost more."""
    words: str = ""
    """Short hash of the question; empty for an objection, which needs none."""

    @property
    def is_yes(self) -> bool:
        return self.answer in (Answer.YES, Answer.YES_DESPITE_GPC)


@dataclass(frozen=True, slots=True)
class Choices:
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
    """Whether a Cookie header has `name` twice. There is no telling which of the two is ours, so neither counts."""
    if header.count(name) < 2:
        return False
    return sum(part.partition("=")[0].strip() == name for part in header.split(";")) > 1


@dataclass(frozen=True, slots=True)
class EvaluatedChoices:
    """What the choices amount to in one request."""

    choices: Choices
    accepted: frozenset[str]
    """Groups whose cookies may be set and read: consented to, or not objected to."""
    undecided: frozenset[str]
    """Groups that the visitor has not answered about."""
    has_gpc: bool
    """The browser sends `Sec-GPC: 1`."""
    overridden_by_gpc: frozenset[str] = frozenset()
    """Groups accepted before that signal: the signal wins, and is not in the ledger yet."""


def evaluate(
    choices: Choices,
    *,
    words: Mapping[str, str],
    opt_out_groups: Collection[str],
    moment: float,
    has_gpc: bool,
) -> EvaluatedChoices:
    """Apply `choices` at `moment` (seconds since the epoch) to the current questions.

    `words`: each group that needs consent, with the short hash of its current question. An answer to another
    question is void, and a yes given before the signal does not override it. `opt_out_groups`: groups that run
    until somebody objects; an objection does not lapse when a text changes. The signal objects for as long as it comes.
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
        if decision is None or decision.until <= moment:
            is_on = not has_gpc
        else:
            is_on = decision.answer is Answer.YES_DESPITE_GPC or (decision.is_yes and not has_gpc)
        if is_on:
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
    """The choices after new answers: what changed or had lapsed is decided at `now`, the rest keeps its dates."""
    moment = now.timestamp()
    kept = {
        group: decision
        for group, decision in evaluated.choices.decisions.items()
        if decision.until > moment and (group not in words or decision.words == words[group])
    }
    for group, is_yes in answers.items():
        matching = _matching(is_yes=is_yes, despite_gpc=evaluated.has_gpc)
        if group not in kept or kept[group].answer not in matching:
            kept[group] = decide(matching[0], now=now, words=words.get(group, ""))
    return replace(evaluated.choices, receipt=receipt, decisions=kept)


def apply_gpc(evaluated: EvaluatedChoices, *, now: datetime) -> Choices:
    """The choices after a signal that is later than a yes: the yes becomes a no, valid from `now`."""
    before = evaluated.choices.decisions
    noted = {
        group: decide(Answer.NO_BY_GPC, now=now, words=before[group].words)
        for group in evaluated.overridden_by_gpc
    }
    return replace(evaluated.choices, decisions={**before, **noted})


def _matching(*, is_yes: bool, despite_gpc: bool) -> tuple[Answer, ...]:
    """The answers that mean `is_yes`; the first is the one to store."""
    if not is_yes:
        return (Answer.NO,)
    return (Answer.YES_DESPITE_GPC,) if despite_gpc else (Answer.YES, Answer.YES_DESPITE_GPC)


def renew_objections(choices: Choices, *, opt_out_groups: Collection[str], now: datetime) -> Choices:
    """Renew each objection that is over a month old.

    Consent ends after six months; an objection must not (GDPR article 21), as long as the browser comes back.
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
    """When the last decision lapses, in seconds since the epoch; 0 without any."""
    return max((decision.until for decision in choices.decisions.values()), default=0)


NOT_EVALUATED: Final = EvaluatedChoices(NO_CHOICES, frozenset(), frozenset(), has_gpc=False)
