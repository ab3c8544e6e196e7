"""What each sentence of a policy rests on, as its author writes it in braces behind the sentence. Pure.

    Your data lie inside the European Union. {promise: hosting.places}
    You may ask for a copy. {right: access}
    We are {{ entity.name }}. {fact}
    A cookie is a small text. {information}
    We answer only for our own pages. {information: it limits what we answer for}

A mark may name several grounds: ``{promise: cookies.listed, cookies.lapsed; right: choices}``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

MARK = re.compile(r"\{(?![{#])(?P<inside>[^{}]*)(?<!\})\}(?!\})")
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}")
_UNREAD = re.compile(r"\{\{.*?\}\}|\]\([^)\s]*\)|`[^`\n]*`")
_HEADING = re.compile(r"^#{1,6} ")
_BULLET = re.compile(r"^\s*(?:[*+-]|\d+[.)])\s+")
_LIST = re.compile(r"^\s*\{\{[^{}]*\}\}\s*$")
# Where one sentence ends and another begins: "arrives. The", "arrives.** “The", "done? **Then", "done. – Then".
_END = re.compile(r"[.!?…](?:\s?»|[\"'”’)*_])*\s+(?=(?:[\"'“‘«(*_\[–—]|\s)*[^\W\d_a-zà-ÿœ])")
_NAME = re.compile(r"[a-z][\w.-]*")


class MalformedMarkError(ValueError):
    """The braces do not say what a sentence rests on. Holds what stands in them."""


@dataclass(frozen=True)
class Grounds:
    """Promises and rights by their keys; without any of them, and no fact, the sentence is information.

    `reason` says why a sentence with words of promising promises nothing.
    """

    promises: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    is_fact: bool = False
    reason: str = ""

    @property
    def without_reason(self) -> "Grounds":
        """To compare languages: each gives the reason in its own words."""
        return replace(self, reason="")


@dataclass(frozen=True)
class Sentence:
    """As written, with the line (from 1) on which it begins. `mark` is what stands in the braces behind it."""

    text: str
    line: int
    mark: str | None

    @property
    def placeholders(self) -> list[str]:
        return _PLACEHOLDER.findall(self.text)

    @property
    def without_values(self) -> str:
        """With a letter for each placeholder: what the author wrote."""
        return _PLACEHOLDER.sub("x", self.text)


def parse(mark: str) -> Grounds:
    """Raises `MalformedMarkError`."""
    found = Grounds()
    for part in mark.split(";"):
        kind, _colon, said = (" ".join(piece.split()) for piece in part.partition(":"))
        found = _with(found, kind, said, mark)
    return found


def sentences(source: str, *, line: int = 1) -> Iterator[Sentence]:
    """Every sentence outside headings and of more than a list of the rules. `line` is that of the first one."""
    for text, number in _blocks(source, line):
        yield from _in_block(text, number)


def blank(source: str) -> str:
    """The source with spaces for marks: the same lines, and nothing in them that a reader does not see."""
    return MARK.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source)


def without_marks(source: str) -> str:
    return re.sub(rf"\s*{MARK.pattern}", "", source)


def _with(found: Grounds, kind: str, said: str, mark: str) -> Grounds:
    match kind:
        case "promise":
            return replace(found, promises=found.promises + _names(said, mark))
        case "right":
            return replace(found, rights=found.rights + _names(said, mark))
        case "fact" if not said:
            return replace(found, is_fact=True)
        case "information":
            return replace(found, reason=said)
    raise MalformedMarkError(mark)


def _names(said: str, mark: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in said.split(","))
    if not all(map(_NAME.fullmatch, names)):
        raise MalformedMarkError(mark)
    return names


def _blocks(source: str, line: int) -> Iterator[tuple[str, int]]:
    """Paragraphs and items of lists, with the line on which each begins."""
    held: list[str] = []
    for number, text in enumerate([*source.splitlines(), ""], start=line):
        is_alone = not text.strip() or _HEADING.match(text) or _LIST.match(text)
        if held and (is_alone or _BULLET.match(text)):
            yield "\n".join(held), number - len(held)
            held = []
        if not is_alone:
            held.append(_BULLET.sub("", text))


def _in_block(text: str, line: int) -> Iterator[Sentence]:
    begin = 0
    for found in MARK.finditer(text):
        yield from _in_piece(text, begin, found.start(), line, found["inside"])
        begin = found.end()
    if text[begin:].strip():
        yield from _in_piece(text, begin, len(text), line, None)


def _in_piece(text: str, begin: int, end: int, line: int, mark: str | None) -> Iterator[Sentence]:
    """The sentences between two marks: only the last one has a mark behind it."""
    read = _UNREAD.sub(lambda found: "X" * len(found[0]), text[begin:end])
    for stop in [begin + found.end() for found in _END.finditer(read)]:
        yield _sentence(text[:stop], begin, line, None)
        begin = stop
    yield _sentence(text[:end], begin, line, mark)


def _sentence(text: str, begin: int, line: int, mark: str | None) -> Sentence:
    before = begin + len(text[begin:]) - len(text[begin:].lstrip())
    return Sentence(text[begin:].strip(), line + text.count("\n", 0, before), mark)
