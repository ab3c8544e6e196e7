"""Problems that keep a policy from being published, each with its file and line."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy.policy import grounds, hardcoded_values, markdown, promising_words
from privacy.policy.binding import KnownGrounds
from privacy.policy.grounds import Grounds, MalformedMarkError, Sentence
from privacy.policy.markdown import PlaceholderValue
from privacy.policy.placeholders import REQUIRED

_SAYS = re.compile(r"[.!…;]")  # a heading may ask
_MARKUP = re.compile(r"[*_`\[\]]")


class LintError(Exception):
    """`line` is 0 where the problem concerns the whole file."""

    message: Promise

    def __init__(self, path: Path, line: int = 0, what: str = "") -> None:
        super().__init__(path, line, what)
        self.path, self.line, self.what = path, line, what

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{place}: {str(self.message) % {'what': self.what}}"


class MissingLanguageError(LintError):
    message = _("there is no text in this language")


class MissingClauseError(LintError):
    message = _("the clause “%(what)s” is missing")


class UnexpectedClauseError(LintError):
    message = _("the clause “%(what)s” is not one of the twelve, or stands twice")


class StrayTextError(LintError):
    message = _("this belongs to no clause: %(what)s")


class UnknownPlaceholderError(LintError):
    message = _("no rule that runs gives a value to the placeholder “%(what)s”")


class MissingPlaceholderError(LintError):
    message = _("the placeholder “%(what)s” is missing")


class NoValueError(LintError):
    message = _("the placeholder “%(what)s” has no value")


class HardCodedValueError(LintError):
    message = _("“%(what)s” is typed by hand: a placeholder must say it")


class UnboundSentenceError(LintError):
    message = _("this sentence does not say what it rests on: %(what)s")


class MalformedGroundError(LintError):
    message = _("“%(what)s” does not say what a sentence rests on: write promise, right, fact or information")


class MisplacedMarkError(LintError):
    message = _("the braces stand inside emphasis or a link, or behind no sentence: %(what)s")


class UnusualMarkupError(LintError):
    message = _("a policy is written without this markup or character: %(what)s")


class PromisingHeadingError(LintError):
    message = _("a heading says nothing by itself: move “%(what)s” into a sentence, with what it rests on")


class UnknownPromiseError(LintError):
    message = _("there is no promise “%(what)s”")


class UnknownRightError(LintError):
    message = _("no page of this site serves the right “%(what)s”")


class NoFactError(LintError):
    message = _("this sentence rests on a fact, but no placeholder gives it: %(what)s")


class UnboundPromiseError(LintError):
    message = _(
        "“%(what)s” promises something: name the promise or the right behind it, or write after “information:”"
        " why it promises nothing"
    )


class UnusedPromiseError(LintError):
    message = _("no sentence rests on the promise “%(what)s”")


class DifferentGroundsError(LintError):
    message = _(
        "this sentence rests on something else than its counterpart in the other language, or gives another value:"
        " %(what)s"
    )


class DifferentNumberError(LintError):
    message = _(
        "this clause has more or fewer sentences than in the other language; they differ from here: %(what)s"
    )


def read(
    path: Path, *, known: Mapping[str, PlaceholderValue], grounds_known: KnownGrounds
) -> tuple[str, list[LintError]]:
    """The text at `path` and its problems. `known` holds the values of the placeholders."""
    if not path.is_file():
        return "", [MissingLanguageError(path)]
    source = path.read_text(encoding="utf-8")
    seen = grounds.blank(source)
    found = [
        *_clauses(path, source),
        *_placeholders(path, source, known),
        *_hardcoded(path, seen, known),
        *_headings(path, source),
        *_unusual(path, source),
        *_sentences(path, source, grounds_known),
        *_unused(path, source, grounds_known),
    ]
    return source, sorted(found, key=lambda problem: problem.line)


def compare(path: Path, source: str, other: str) -> Iterator[LintError]:
    """Sentences of `source`, the text at `path`, that do not rest on what their counterpart in `other` rests on, or
    give other values.

    One for each clause: what follows a missing sentence would differ too.
    """
    bodies = {clause.key: clause for clause in markdown.parse(other)}
    for clause in markdown.parse(source):
        if clause.key not in bodies:
            continue
        ours = list(grounds.sentences(clause.body, line=clause.body_line))
        theirs = list(grounds.sentences(bodies[clause.key].body))
        problem = DifferentGroundsError if len(ours) == len(theirs) else DifferentNumberError
        for one, two in zip_longest(ours, theirs):
            if one is None or two is None or _compared(one) != _compared(two):
                last = one or ours[-1]
                yield problem(path, last.line, excerpt(last.text))
                break


def unknown(path: Path, line: int, rests_on: Grounds, known: KnownGrounds) -> Iterator[LintError]:
    """What the mark on this line names, and nobody declares."""
    for name in sorted(set(rests_on.promises) - known.promises - known.groups.keys()):
        yield UnknownPromiseError(path, line, name)
    for name in sorted(set(rests_on.rights) - known.rights):
        yield UnknownRightError(path, line, name)


def excerpt(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= 80 else f"{said[:79]}…"


def _clauses(path: Path, source: str) -> Iterator[LintError]:
    written = markdown.parse(source)
    count = Counter(clause.key for clause in written)
    for clause in written:
        if clause.key not in markdown.KEYS or count[clause.key] > 1:
            yield UnexpectedClauseError(path, clause.line, clause.key)
    for key in markdown.KEYS:
        if not any(clause.key == key and clause.body for clause in written):
            yield MissingClauseError(path, 0, key)
    for line, text in markdown.text_outside_clauses(source):
        yield StrayTextError(path, line, text)


def _placeholders(path: Path, source: str, known: Mapping[str, PlaceholderValue]) -> Iterator[LintError]:
    used = list(markdown.placeholders(source))
    for line, name in used:
        if name not in known:
            yield UnknownPlaceholderError(path, line, name)
        elif not known[name]:
            yield NoValueError(path, line, name)
        elif markdown.has_strange_characters(json.dumps(known[name], ensure_ascii=False)):
            yield UnusualMarkupError(path, line, name)
    for name in REQUIRED:
        if name not in {name for _line, name in used}:
            yield MissingPlaceholderError(path, 0, name)


def _hardcoded(path: Path, source: str, known: Mapping[str, PlaceholderValue]) -> Iterator[LintError]:
    names = {str(known["controller.name"])} if "controller.name" in known else set()
    found = (
        *hardcoded_values.numbers(source),
        *hardcoded_values.contacts(source, names),
        *hardcoded_values.items(source, known),
    )
    yield from (HardCodedValueError(path, line, text) for line, text in found)


def _headings(path: Path, source: str) -> Iterator[LintError]:
    """Nobody looks at what a heading rests on, so it must only name its part."""
    for clause in markdown.parse(source):
        inside = [(clause.body_line + line - 1, text) for line, text in markdown.headings(clause.body)]
        for line, text in [(clause.line, clause.title), *inside]:
            words = markdown.to_plain(grounds.Sentence(text, line, None).without_values)
            if grounds.MARK.search(text):
                yield MisplacedMarkError(path, line, excerpt(text))
            elif _SAYS.search(words) or promising_words.find(words, path.stem):
                yield PromisingHeadingError(path, line, excerpt(text))


def _unusual(path: Path, source: str) -> Iterator[LintError]:
    for clause in markdown.parse(source):
        if markdown.has_strange_characters(clause.title):
            yield UnusualMarkupError(path, clause.line, clause.title)
        for line, what in markdown.unusual(clause.body):
            yield UnusualMarkupError(path, clause.body_line + line - 1, what)


def _sentences(path: Path, source: str, known: KnownGrounds) -> Iterator[LintError]:
    for clause in markdown.parse(source):
        for sentence in grounds.sentences(clause.body, line=clause.body_line):
            yield from _sentence(path, sentence, known)


def _sentence(path: Path, sentence: Sentence, known: KnownGrounds) -> Iterator[LintError]:
    if sentence.mark is None:
        yield UnboundSentenceError(path, sentence.line, excerpt(sentence.text))
        return
    try:
        rests_on = grounds.parse(sentence.mark)
    except MalformedMarkError:
        yield MalformedGroundError(path, sentence.line, sentence.mark)
        return
    words = markdown.to_plain(sentence.without_values)
    if not words or _MARKUP.search(words):
        yield MisplacedMarkError(path, sentence.line, excerpt(sentence.text))
    yield from unknown(path, sentence.line, rests_on, known)
    if rests_on.is_fact and not sentence.placeholders:
        yield NoFactError(path, sentence.line, excerpt(sentence.text))
    if not (rests_on.promises or rests_on.rights or rests_on.reason):
        for word in promising_words.find(words, path.stem)[:1]:
            yield UnboundPromiseError(path, sentence.line, word)


def _unused(path: Path, source: str, known: KnownGrounds) -> Iterator[LintError]:
    used = {name for sentence in grounds.sentences(source) for name in _grounds(sentence).promises}
    used |= {key for group in used & known.groups.keys() for key in known.groups[group]}
    for key in sorted(known.promises - used):
        yield UnusedPromiseError(path, 0, key)


def _compared(sentence: Sentence) -> tuple[Grounds, list[str]]:
    values = sorted(name for _line, name in markdown.placeholders(sentence.text))
    return _grounds(sentence), values


def _grounds(sentence: Sentence) -> Grounds:
    """Without the reason, and empty where the author wrote none."""
    try:
        return grounds.parse(sentence.mark or "").without_reason
    except MalformedMarkError:
        return Grounds()
