"""The texts of public forms that are written in Python: labels, help texts and the letter to print.

They stand in `forms.py`, `fields.py` and modules such as `letter_form.py` of each app. Their mark is a comment behind
the text, or on a line of its own above it:

    help_text=_("We answer at this address."),  # {promise: data.answered}
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.utils import translation

from privacy import plugins
from privacy.policy import bound_texts, grounds
from privacy.policy.binding import KnownGrounds
from privacy.policy.bound_texts import Mark, ShownText
from privacy.policy.lint import LintError

_MODULE = re.compile(r"(?:forms|fields|\w+_form)\.py")
_TRANSLATED = {"_", "gettext", "gettext_lazy"}
Comments = Mapping[int, tuple[str, bool]]
"""By line, each comment, and whether it stands alone."""


def problems(known: KnownGrounds) -> list[LintError]:
    """By file and line."""
    found = [problem for path in modules() for problem in _problems(path, known)]
    return sorted(found, key=lambda problem: (problem.path, problem.line))


def modules() -> Iterator[Path]:
    for app in plugins.installed():
        yield from (path for path in sorted(Path(app.path).rglob("*.py")) if _MODULE.fullmatch(path.name))


def _problems(path: Path, known: KnownGrounds) -> Iterator[LintError]:
    source = path.read_text(encoding="utf-8")
    comments = dict(_comments(source))
    for line in comments:
        if mark := _mark(comments, line):
            yield from bound_texts.of_mark(path, mark, known)
    for call, text in _calls(source):
        yield from bound_texts.of_text(path, _shown(call, text, comments))


def _shown(call: ast.Call, text: str, comments: Comments) -> ShownText:
    said = bound_texts.in_each_language(lambda: [translation.gettext(text)])
    return ShownText(call.lineno, _mark_of(call, comments), said)


def _calls(source: str) -> Iterator[tuple[ast.Call, str]]:
    """Each call that translates a text, with the text."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _TRANSLATED:
            for word in node.args[:1]:
                if isinstance(word, ast.Constant) and isinstance(word.value, str):
                    yield node, word.value


def _comments(source: str) -> Iterator[tuple[int, tuple[str, bool]]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], (token.string, token.line.lstrip().startswith("#"))


def _mark(comments: Comments, line: int) -> Mark | None:
    found = grounds.MARK.search(comments[line][0]) if line in comments else None
    return Mark(found["inside"], line) if found else None


def _mark_of(call: ast.Call, comments: Comments) -> Mark | None:
    lines = range(call.lineno, (call.end_lineno or call.lineno) + 1)
    above = call.lineno - 1
    is_alone = above in comments and comments[above][1]
    found = [_mark(comments, line) for line in ([above] if is_alone else []) + [*lines]]
    return next(filter(None, found), None)
