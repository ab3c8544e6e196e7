"""Problems that keep a policy from being published, each with its file and line."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy.policy import hardcoded_values, markdown
from privacy.policy.markdown import PlaceholderValue
from privacy.policy.placeholders import REQUIRED


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


def read(path: Path, *, known: Mapping[str, PlaceholderValue]) -> tuple[str, list[LintError]]:
    """The text at `path` and its problems. `known` holds the values of the placeholders."""
    if not path.is_file():
        return "", [MissingLanguageError(path)]
    source = path.read_text(encoding="utf-8")
    found = [*_clauses(path, source), *_placeholders(path, source, known), *_hardcoded(path, source, known)]
    return source, sorted(found, key=lambda problem: problem.line)


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
