"""The elements of an HTML page, and what somebody sees of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
HIDING = frozenset(
    {"hidden", "inert", "style"}
)  # our pages have no style attribute: the content policy forbids it
HIDING_CLASSES = frozenset({"hidden-text"})


@dataclass(eq=False)
class Element:
    """One element. An attribute that it does not have reads as an empty text."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    content: "list[Element | str]" = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def all(self, *tags: str) -> "list[Element]":
        """The elements inside, with one of these tags where some are named, in the order of the page."""
        return [each for each in self._inside() if not tags or each.tag in tags]

    def with_id(self, name: str) -> "Element | None":
        return next((each for each in self._inside() if each["id"] == name), None)

    def within(self) -> "Iterator[Element]":
        """This element and those around it."""
        here: Element | None = self
        while here is not None:
            yield here
            here = here.parent

    def is_visible(self) -> bool:
        """Whether neither it nor anything around it hides it, for the eyes or for a screen reader."""
        return not any(_hides(each) for each in self.within())

    def text(self) -> str:
        """The words in it, with one space between two of them."""
        return " ".join("".join(self._words()).split())

    def _inside(self) -> "Iterator[Element]":
        for each in self.content:
            if isinstance(each, Element):
                yield each
                yield from each._inside()

    def _words(self) -> Iterator[str]:
        for each in self.content:
            if isinstance(each, str):
                yield each
            else:
                yield from each._words()


def parse(html: str) -> Element:
    """The page as an element around all others."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.root


def _hides(element: Element) -> bool:
    classes = set(element["class"].split())
    return (
        not HIDING.isdisjoint(element.attributes)
        or not HIDING_CLASSES.isdisjoint(classes)
        or element["aria-hidden"] == "true"
    )


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self._open = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open)
        self._open.content.append(element)
        if tag not in VOID:
            self._open = element

    def handle_endtag(self, tag: str) -> None:
        """An end without a start is left out, and closes nothing."""
        start = next((each for each in self._open.within() if each.tag == tag), None)
        if start is not None and start.parent is not None:
            self._open = start.parent

    def handle_data(self, data: str) -> None:
        self._open.content.append(data)
