"""Texts of mails, banners and forms that promise something say what they rest on, as the sentences of a policy do.

A text with a word of promising in any language of the site stands in a mark, with the grammar of
:mod:`privacy.policy.grounds`. A text without such a word needs none.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from privacy.policy import grounds, lint, promising_words
from privacy.policy.binding import KnownGrounds
from privacy.policy.grounds import Grounds, MalformedMarkError
from privacy.policy.lint import LintError

_VARIABLE = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


class UnboundTextError(LintError):
    message = _("this text promises something, and does not say what it rests on: %(what)s")


class NoVariableError(LintError):
    message = _("this text rests on a fact, but no variable gives it: %(what)s")


@dataclass(frozen=True)
class Mark:
    """What an author wrote beside a text, and the line of it."""

    text: str
    line: int


@dataclass(frozen=True)
class ShownText:
    """A text on the screen or in a mail: `said` holds its wordings by language, the original in English."""

    line: int
    mark: Mark | None
    said: Mapping[str, list[str]]

    @property
    def promising(self) -> str:
        """The first word of promising, with the words around it; empty if no language has one."""
        for language, wordings in self.said.items():
            for wording in wordings:
                plain = strip_tags(_VARIABLE.sub("x", wording))
                for word in promising_words.find_with_deeds(plain, language)[:1]:
                    return f"“{word}” ({lint.excerpt(wording)})"
        return ""

    @property
    def has_variable(self) -> bool:
        return any(_VARIABLE.search(wording) for wordings in self.said.values() for wording in wordings)


def in_each_language(said: Callable[[], list[str]]) -> dict[str, list[str]]:
    """What `said` returns, by language of the site."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = said()
    return found


def of_mark(path: Path, mark: Mark, known: KnownGrounds) -> Iterator[LintError]:
    rests_on = _parsed(mark)
    if rests_on is None:
        yield lint.MalformedGroundError(path, mark.line, mark.text)
    else:
        yield from lint.unknown(path, mark.line, rests_on, known)


def of_text(path: Path, text: ShownText) -> Iterator[LintError]:
    """Besides what :func:`of_mark` says of its mark."""
    promising = text.promising
    rests_on = _parsed(text.mark) if text.mark else None
    if not promising or (text.mark and rests_on is None):
        return
    if rests_on is None:
        yield UnboundTextError(path, text.line, promising)
    elif rests_on.promises or rests_on.rights or rests_on.reason:
        return
    elif not rests_on.is_fact:
        yield lint.UnboundPromiseError(path, text.line, promising)
    elif not text.has_variable:
        yield NoVariableError(path, text.line, promising)


def _parsed(mark: Mark) -> Grounds | None:
    try:
        return grounds.parse(mark.text)
    except MalformedMarkError:
        return None
