"""The source of a policy: Markdown with clauses and placeholders. Pure.

Each clause starts with `## Title {#key}`; a placeholder is `{{ name.parts }}`. A value is a text, or a list whose
items are texts or `(text, [texts])`: a list that is alone on its line becomes bullets.
"""

import re
import string
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from privacy.policy import grounds

KEYS = (
    "preamble",
    "consent",
    "controller",
    "data",
    "purposes",
    "security",
    "communication",
    "hosting",
    "forms",
    "storage",
    "cookies",
    "updates",
)

ListItem = str | Sequence[str | Sequence[str]]
PlaceholderValue = str | Sequence[ListItem]

_HEADING = re.compile(r"^## +(?P<title>[^{}]+?) +\{#(?P<key>[\w-]+)\}\s*$")
_PLACEHOLDER = re.compile(r"\{\{[ \t]*(?P<name>[^{}\n]*?)[ \t]*\}\}")
_ALONE = re.compile(r"^\{\{[ \t]*(?P<name>[^{}\n]*?)[ \t]*\}\}[ \t]*$", re.MULTILINE)
_BROKEN = re.compile(r"\{\{[^\n]*|\}\}")
# What a policy is written with: `grounds` finds the sentences in it, and a reader sees all of it.
_USUAL = frozenset(
    {"inline", "text", "softbreak", "code_inline"}
    | {
        f"{name}_{end}"
        for name in (
            "paragraph",
            "heading",
            "bullet_list",
            "ordered_list",
            "list_item",
            "strong",
            "em",
            "link",
        )
        for end in ("open", "close")
    }
)
_ESCAPED = re.compile(r"&#?\w+;|\\")
_PUNCTUATION = re.compile(f"([{re.escape(string.punctuation)}])")
_MARKDOWN = MarkdownIt("commonmark", {"html": False})
# Stands for a mark while the text is rendered: punctuation, or Markdown would not end emphasis before it.
_STOP = "\N{THREE DOT PUNCTUATION}"


@dataclass(frozen=True)
class Clause:
    """As written. `line` is that of its heading in the file, from 1; `body_line` that of the first line of `body`."""

    key: str
    title: str
    body: str
    line: int
    body_line: int


@dataclass(frozen=True)
class FrozenSentence:
    """As published: its words without markup, and what it rests on. `anchor` is its `id` in the HTML of its clause."""

    anchor: str
    text: str
    promises: list[str]
    rights: list[str]
    facts: list[str]
    reason: str = ""


@dataclass(frozen=True)
class FrozenClause:
    """As published: rendered, with the placeholders filled in. The first versions name no sentences."""

    key: str
    title: str
    html: str
    plain: str
    sentences: list[FrozenSentence] = field(default_factory=list)


def parse(source: str) -> list[Clause]:
    """The clauses in their order. Lines before the first heading are ignored: see `text_outside_clauses`."""
    lines = source.splitlines()
    headings = [(number, found) for number, line in enumerate(lines) if (found := _HEADING.match(line))]
    ends = [number for number, _ in headings[1:]] + [len(lines)]
    return [
        _clause(found, lines[number + 1 : end], number + 1)
        for (number, found), end in zip(headings, ends, strict=True)
    ]


def _clause(heading: re.Match[str], below: list[str], line: int) -> Clause:
    empty = next((number for number, text in enumerate(below) if text.strip()), 0)
    return Clause(heading["key"], heading["title"], "\n".join(below).strip(), line, line + 1 + empty)


def text_outside_clauses(source: str) -> Iterator[tuple[int, str]]:
    """Lines that no clause would show, with their numbers: before the first clause, or a heading without a key."""
    begun = False
    for number, line in enumerate(source.splitlines(), start=1):
        if _HEADING.match(line):
            begun = True
        elif line.strip() and (not begun or re.match(r"##? ", line)):
            yield number, line.strip()


def placeholders(source: str) -> Iterator[tuple[int, str]]:
    """Each placeholder with its line. One that is not closed is returned as the text found there."""
    for found in _PLACEHOLDER.finditer(source):
        yield _line(source, found.start()), found["name"]
    emptied = _PLACEHOLDER.sub(lambda found: " " * len(found[0]), source)
    for found in _BROKEN.finditer(emptied):
        yield _line(source, found.start()), found[0]


def fill(source: str, values: Mapping[str, PlaceholderValue]) -> str:
    """The Markdown with each placeholder replaced by its value, escaped.

    Raises `KeyError` for an unknown placeholder.
    """
    blocks = _ALONE.sub(lambda found: _as_block(values[found["name"]]), source)
    return _PLACEHOLDER.sub(lambda found: _as_words(values[found["name"]]), blocks)


def to_html(markdown: str) -> str:
    """Safe HTML: raw HTML in the source is escaped, and links with dangerous schemes stay text."""
    return str(_MARKDOWN.render(markdown))


def to_plain(markdown: str) -> str:
    """The text without markup, one line for each block, for diffs and mails."""
    return "\n".join(
        _words(token)
        for token in _MARKDOWN.parse(markdown)
        if token.type in {"inline", "fence", "code_block"}
    )


def headings(body: str) -> Iterator[tuple[int, str]]:
    """The headings inside a clause, as written, with their lines."""
    tokens = _MARKDOWN.parse(body)
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            yield _line_of(opening), inline.content


def unusual(body: str) -> Iterator[tuple[int, str]]:
    """What a clause must not be written with, with its line.

    Markup in which no sentence is looked for, or that hides words from some; a character that nobody sees, or takes
    for another; an escaped one.
    """
    environment: dict[str, Any] = {}
    for token in _MARKDOWN.parse(body, environment):
        for each in (token, *(token.children or ())):
            if not _is_usual(each):
                yield _line_of(token), each.type.removesuffix("_open")
    for reference in environment.get("references", {}).values():
        yield reference["map"][0] + 1, str(reference["href"])
    for found in _ESCAPED.finditer(body):
        yield _line(body, found.start()), found[0]
    for position in _strange_characters(body):
        yield _line(body, position), f"U+{ord(body[position]):04X}"


def has_strange_characters(text: str) -> bool:
    """Whether it holds a character that nobody sees or takes for another, or our own stop."""
    return next(_strange_characters(text), None) is not None


def _strange_characters(text: str) -> Iterator[int]:
    """Where they stand: letters of another script look like ours and are others."""
    for position, character in enumerate(text):
        kind = unicodedata.category(character)
        is_foreign = kind[0] == "L" and not unicodedata.name(character, "").startswith("LATIN")
        if is_foreign or character == _STOP or (kind[0] == "C" and character not in "\t\n"):
            yield position


def _is_usual(token: Token) -> bool:
    if token.type == "heading_open":
        return token.markup[0] == "#" and len(token.markup) > 2
    is_plain_link = token.type != "link_open" or (token.markup != "autolink" and not token.attrGet("title"))
    return is_plain_link and (token.type in _USUAL or token.type.endswith("_close"))


def _line_of(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def freeze(clause: Clause, values: Mapping[str, PlaceholderValue]) -> FrozenClause:
    """Each sentence becomes a `<span>` with its anchor. Raises `KeyError` and `MalformedMarkError`."""
    marked = [sentence for sentence in grounds.sentences(clause.body) if sentence.mark is not None]
    anchors = [f"{clause.key}-{number}" for number in range(1, len(marked) + 1)]
    body = fill(re.sub(rf"\s*{grounds.MARK.pattern}", _STOP, clause.body), values)
    plain = to_plain(body).replace(_STOP, "")
    sentences = [_frozen(anchor, each, values) for anchor, each in zip(anchors, marked, strict=True)]
    return FrozenClause(clause.key, clause.title, _with_anchors(body, iter(anchors)), plain, sentences)


def _frozen(
    anchor: str, sentence: grounds.Sentence, values: Mapping[str, PlaceholderValue]
) -> FrozenSentence:
    said = grounds.parse(sentence.mark or "")
    facts = list(dict.fromkeys(name for _line, name in placeholders(sentence.text))) if said.is_fact else []
    text = to_plain(fill(sentence.text, values))
    return FrozenSentence(anchor, text, list(said.promises), list(said.rights), facts, said.reason)


def _with_anchors(body: str, anchors: Iterator[str]) -> str:
    """The HTML, with a `<span id>` around what stands before each stop."""
    tokens = _MARKDOWN.parse(body)
    for token in tokens:
        if token.children is not None:
            token.children = list(_spans(token.children, anchors))
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _spans(children: list[Token], anchors: Iterator[str]) -> Iterator[Token]:
    sentence: list[Token] = []
    for piece in _pieces(children):
        if piece.content.startswith(_STOP):
            yield from (_html(f'<span id="{next(anchors)}">'), *sentence, _html("</span>"))
            yield Token("text", "", 0, content=piece.content.removeprefix(_STOP))
            sentence = []
        elif sentence or piece.type != "softbreak":
            sentence.append(piece)
        else:
            yield piece
    yield from sentence


def _pieces(children: list[Token]) -> Iterator[Token]:
    """The tokens, with each stop, and the white space behind it, as a token of its own."""
    for child in children:
        texts = re.split(rf"({_STOP}\s*)", child.content) if child.type == "text" else []
        yield from (Token("text", "", 0, content=text) for text in texts if text)
        if not texts:
            yield child


def _html(tag: str) -> Token:
    return Token("html_inline", "", 0, content=tag)


def _words(token: Token) -> str:
    if token.children is None:
        return token.content.strip()
    return "".join(
        " " if child.type in {"softbreak", "hardbreak"} else child.content for child in token.children
    )


def _line(source: str, position: int) -> int:
    return source.count("\n", 0, position) + 1


def _as_block(value: PlaceholderValue) -> str:
    if isinstance(value, str):
        return _escape(value)
    return "\n".join(_bullet(item) for item in value)


def _bullet(item: ListItem) -> str:
    if isinstance(item, str):
        return f"* {_escape(item)}"
    head, below = item
    return "\n".join([f"* {_escape(str(head))}", *(f"  * {_escape(inner)}" for inner in below)])


def _as_words(value: PlaceholderValue) -> str:
    if isinstance(value, str):
        return _escape(value)
    return ", ".join(_escape(item if isinstance(item, str) else str(item[0])) for item in value)


def _escape(value: str) -> str:
    """One line of text in which Markdown finds no markup."""
    return _PUNCTUATION.sub(r"\\\1", value.replace("\n", " "))
