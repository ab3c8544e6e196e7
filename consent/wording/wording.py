"""The question put to visitors: rendered once for each process and language, hashed, ready to be archived.

The hash covers the text without its markup: a new class name is no new question. Each group has a hash of its own, so
that a new text about one asks again about that one alone. The banner is kept in two halves, because only the address
to return to differs from page to page.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from consent.cookies.registry import Register
from consent.ledger.models import Wording

_PLACE: Final = "@@next@@"
_BLOCK_TAGS: Final = frozenset(
    {"p", "li", "h1", "h2", "h3", "h4", "td", "th", "tr", "button", "a", "caption", "div", "dt", "dd"}
)


@dataclass(frozen=True)
class RenderedWording:
    """What a visitor sees in one language: the banner, and the whole text that they answer to."""

    language: str
    text: str
    sha256: str
    banner: tuple[str, str]
    markup: str
    """The same as HTML, for the archive."""

    def banner_for(self, back: str) -> SafeString:
        """`back` is the address that the visitor returns to after answering."""
        before, after = self.banner
        return mark_safe(before + escape(back) + after)  # noqa: S308 - halves of our own template


@dataclass(frozen=True)
class ConsentPrompt:
    """The question in every language. `key` identifies the whole, and is sent back with the answer."""

    key: str
    keys: Mapping[str, str]
    """For each group that needs consent, the key of the text about it, which the visitor's choices contain."""
    shown: Mapping[str, RenderedWording]

    def in_language(self, language: str | None) -> RenderedWording:
        return self.shown.get((language or settings.LANGUAGE_CODE)[:2], self.shown[settings.LANGUAGE_CODE])


@lru_cache(maxsize=4)
def prompt_for(register: Register) -> ConsentPrompt:
    """The question about all groups."""
    key = _key(lambda language: text_in(register, language, register.consent_groups))
    keys = {group: _key(_text_of_group(register, group))[:16] for group in register.consent_groups}
    return ConsentPrompt(key, keys, _in_all_languages(register, key, register.consent_groups))


@lru_cache(maxsize=64)
def prompt_about(register: Register, groups: frozenset[str]) -> ConsentPrompt:
    """The question about some groups: those that this visitor has not answered, or answered to another text."""
    whole = prompt_for(register)
    return (
        whole
        if groups == register.consent_groups
        else replace(whole, shown=_in_all_languages(register, whole.key, groups))
    )


def text_in(register: Register, language: str, groups: Collection[str]) -> str:
    """The text in one language, in plain lines, when `groups` are asked about."""
    return plain(_markup(register, language, groups))


def _markup(register: Register, language: str, groups: Collection[str]) -> str:
    banner = _render("consent/preferences/banner.html", register, language, groups).replace(_PLACE, "")
    return banner + _render("consent/preferences/groups.html", register, language, groups)


def _text_of_group(register: Register, group: str) -> Callable[[str], str]:
    """The text when this group alone is asked about, with the words around the question."""
    alone = Register((register.by_key[group],))
    return lambda language: text_in(alone, language, {group})


def _key(text: Callable[[str], str]) -> str:
    texts = {language: text(language) for language, _name in settings.LANGUAGES}
    return Wording.hash_of("\n\n".join(texts[language] for language in sorted(texts)))[:32]


def _in_all_languages(register: Register, key: str, groups: Collection[str]) -> Mapping[str, RenderedWording]:
    return {language: _shown(register, language, key, groups) for language, _name in settings.LANGUAGES}


def _shown(register: Register, language: str, key: str, groups: Collection[str]) -> RenderedWording:
    markup = _markup(register, language, groups)
    text = plain(markup)
    before, after = _render("consent/preferences/banner.html", register, language, groups, key).split(_PLACE)
    return RenderedWording(language, text, Wording.hash_of(text), (before, after), markup)


def _render(template: str, register: Register, language: str, groups: Collection[str], key: str = "") -> str:
    with override(language):
        context = {
            "groups": register.groups,
            "groups_in_question": [group for group in register.groups if group.key in groups],
            "entity": settings.ENTITY,
            "controller": settings.CONTROLLER,
            "next": _PLACE,
            "key": key,
        }
        return render_to_string(template, context)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCK_TAGS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCK_TAGS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(re.sub(r"\s+", " ", data))


def plain(html: str) -> str:
    """The visible text of a piece of HTML, one line for each block."""
    parser = _Text()
    parser.feed(html)
    lines = (re.sub(r" +", " ", line).strip() for line in "".join(parser.parts).split("\n"))
    return "\n".join(line for line in lines if line)
