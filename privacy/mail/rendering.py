"""The words of a message stand once, in ``emails/<message>.html``: its text and its letter are read from the HTML.

The template escapes what people typed, as on any page; so it acts as markup in none of the three.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import pgettext

from privacy.web import signed_links

LINE_BREAK_IN_SOURCE = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")  # one space, as in a browser; `br` breaks a line
BLOCKS = {"p", "li", "h2", "h3"}
SPACES = re.compile(r"[^\S\u00a0\u202f]+")  # French needs those that do not break


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, line by line."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class BulletList:
    """The lines of each item."""

    items: tuple[tuple[str, ...], ...]


Block = Paragraph | BulletList


@dataclass(frozen=True)
class RenderedMessage:
    """A message in one language. A letter prints ``body`` alone: address and signature are its own."""

    subject: str
    html: str
    body: tuple[Block, ...]
    footer: tuple[Block, ...]

    def text(self) -> str:
        """The same words without markup."""
        body = "\n\n".join(map(_as_text, self.body))
        return f"{body}\n\n--\n" + "\n".join(map(_as_text, self.footer)) + "\n"


def render(message: str, facts: Mapping[str, object], *, language: str) -> RenderedMessage:
    """``emails/<message>.html`` filled with ``facts``. The first of two passes gives the subject, for the heading."""
    template = f"emails/{message}.html"
    context = {
        **facts,
        "entity": settings.ENTITY,
        "controller": settings.CONTROLLER,
        "site_url": signed_links.absolute(""),
        "language": language,
    }
    with translation.override(language):
        subject = html.unescape(render_to_string(template, {**context, "is_subject_only": True}))
        subject = SPACES.sub(" ", subject).strip()
        page = render_to_string(template, {**context, "title": subject})
        body, footer = read_blocks(page)
    return RenderedMessage(subject, page, body, footer)


def read_blocks(page: str) -> list[tuple[Block, ...]]:
    """The paragraphs and lists in each ``div`` of ``page``; what stands outside of them is the frame."""
    reader = _BlockReader()
    reader.feed(page)
    reader.close()
    return [tuple(section) for section in reader.sections]


def _as_text(block: Block) -> str:
    if isinstance(block, Paragraph):
        return "\n".join(block.lines)
    return "\n".join("* " + "\n  ".join(lines) for lines in block.items)


class _BlockReader(HTMLParser):
    """Knows the few elements that messages use; the others (``strong``, ``code``) leave their words alone.

    A heading is a paragraph, an ordered list one whose lines begin with numbers; of a picture its description stays.
    """

    def __init__(self) -> None:
        super().__init__()
        self.sections: list[list[Block]] = []
        self._lines: list[str] | None = None  # of the paragraph or item that is open
        self._items: list[tuple[str, ...]] = []
        self._address = self._link = ""
        self._label_at = 0
        self._first = 1  # number of an ordered list

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "div":
            self.sections.append([])
        elif tag in BLOCKS and self.sections:
            self._lines = [""]
        elif tag == "ol":
            self._first = int(dict(attrs).get("start") or 1)
        elif self._lines is not None and tag == "img":
            self._lines[-1] += f"[{dict(attrs)['alt']}]"
        elif self._lines is not None and tag == "br":
            self._lines.append("")
        elif self._lines is not None and tag == "a":
            self._address = (dict(attrs)["href"] or "").removeprefix("mailto:")
            self._label_at = len(self._lines[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag == "ul" and self._items:
            self.sections[-1].append(BulletList(tuple(self._items)))
            self._items = []
        elif tag == "ol" and self._items:
            lines = (
                f"{number}. {' '.join(item)}" for number, item in enumerate(self._items, start=self._first)
            )
            self.sections[-1].append(Paragraph(tuple(lines)))
            self._items = []
        elif self._lines is not None and tag == "a":
            self._end_link(self._lines)
        elif self._lines is not None and tag in BLOCKS:
            self._end_block(tag, self._lines)

    def handle_data(self, data: str) -> None:
        if self._lines is not None:
            self._lines[-1] += LINE_BREAK_IN_SOURCE.sub("\n", data)

    def _end_link(self, lines: list[str]) -> None:
        """Write ``label: address``, or the address where the label is the same."""
        before, label = lines[-1][: self._label_at], lines[-1][self._label_at :]
        colon = pgettext("after a label", ":")
        self._link = self._address if label == self._address else f"{label}{colon} {self._address}"
        lines[-1] = before + self._link

    def _end_block(self, tag: str, lines: list[str]) -> None:
        """Close a paragraph or an item. A link alone in its paragraph is its address: the words before announce it."""
        said = [LINE_BREAK_IN_SOURCE.sub(" ", line.strip("\n")).rstrip(" ") for line in lines]
        found = tuple(line for line in said if line.strip(" "))
        if tag == "li":
            self._items.append(found)
        elif found:
            self.sections[-1].append(Paragraph((self._address,) if found == (self._link,) else found))
        self._lines, self._address, self._link = None, "", ""
