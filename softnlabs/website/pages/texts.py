"""Texts of pages: Markdown without HTML, with facts in place of `{{ names }}`. Pure.

The title of a page is its h1, so headings begin at h2. Links to this site are written without the language. Images come
from this site alone: the browser would load no other.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from markdown_it import MarkdownIt
from markdown_it.token import Token

from privacy.policy import markdown
from privacy.policy.markdown import PlaceholderValue

FIRST_LEVEL = 2
_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_OWN = re.compile(r"/(?![/\\])[^\\\s]*")
# Addresses that have no language.
_FILES = re.compile(rf"{re.escape(settings.STATIC_URL)}|/\.well-known/|/[\w.-]+\.\w+$")


def to_html(source: str, values: Mapping[str, PlaceholderValue], *, language: str) -> SafeString:
    """Raises ``KeyError`` for a name that ``values`` does not have."""
    tokens = _MARKDOWN.parse(markdown.fill(source, values))
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{max(_level(token), FIRST_LEVEL)}"
        if token.children:
            token.children = [_safe(child, language) for child in token.children]
    rendered = str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))
    return mark_safe(rendered)  # noqa: S308 - Markdown with HTML switched off


def to_plain(source: str, values: Mapping[str, PlaceholderValue]) -> str:
    """A title or description, in one line."""
    return markdown.to_plain(markdown.fill(source, values)).replace("\n", " ")


def in_language(address: str, language: str) -> str:
    """An address of this site, written without the language."""
    if language == settings.LANGUAGE_CODE or not _OWN.fullmatch(address) or _FILES.match(address):
        return address
    return address if address.startswith(f"/{language}/") else f"/{language}{address}"


def has_facts(source: str) -> bool:
    return any(markdown.placeholders(source))


def faults(source: str, *, known: Collection[str]) -> Iterator[str]:
    """What keeps a text from being shown as it is meant, in words for whoever wrote it."""
    yield from unknown(source, known=known)
    tokens = _MARKDOWN.parse(source)
    levels = [_level(token) for token in tokens if token.type == "heading_open"]
    if any(level < FIRST_LEVEL for level in levels):
        yield gettext("Headings begin with ##: the title stands above them.")
    elif any(level > before + 1 for before, level in pairwise([FIRST_LEVEL - 1, *levels])):
        yield gettext("A heading skips a level: after ## comes ###.")
    for token in (child for each in tokens for child in each.children or ()):
        if token.type == "image" and not _OWN.fullmatch(str(token.attrGet("src"))):
            yield gettext("Images come from this site alone: their address begins with one slash.")
        elif token.type == "image" and not token.content:
            yield gettext("Say in the brackets what the image shows.")


def unknown(source: str, *, known: Collection[str]) -> Iterator[str]:
    for _line, name in markdown.placeholders(source):
        if name not in known:
            yield gettext("Nothing is known under this name: %(name)s") % {"name": name}


def _level(token: Token) -> int:
    return int(token.tag[1:])


def _safe(token: Token, language: str) -> Token:
    if token.type == "link_open":
        token.attrSet("href", in_language(str(token.attrGet("href")), language))
    elif token.type == "image" and not _OWN.fullmatch(str(token.attrGet("src"))):
        return Token("text", "", 0, content=token.content)
    return token
