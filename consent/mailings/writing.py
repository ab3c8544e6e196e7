"""What the words of an e-mail campaign are written in: a part of Markdown, in which the mail reads well as text too.

Pure. :func:`problems` is asked while somebody writes; what it lets through is all that the others are given.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

LINK_SCHEMES = ("https", "http", "mailto")
SHOWN = 40  # characters of what has to be written otherwise
MESSAGES = {
    "html": _("Please write “%(what)s” without HTML: the marks that work are listed below the field."),
    "heading": _("Please begin the heading “%(what)s” with ## or ###: the subject is the heading of the mail."),
    "item": _("An item of a list is one paragraph. Please write the second one below the list."),
    "list": _("A list inside a list does not read well in a mail. Please write one list after the other."),
    "mark": _("This mark does not work in a mail: “%(what)s”. Those that do are listed below the field."),
    "link": _("The link “%(what)s” has to begin with https://, http:// or mailto: and name a page or an address."),
    "picture": _("The picture “%(what)s” is not on our site. Please upload it here, and use the address shown then."),
    "description": _("Please describe the picture for those who do not see it: ![description](%(what)s)"),
}  # fmt: skip
_BLOCKS = ("paragraph", "heading", "bullet_list", "ordered_list", "list_item")
_WORDS = ("strong", "em", "link")
_KNOWN = frozenset(
    {"inline", "text", "softbreak", "hardbreak", "code_inline", "image", "hr"}
    | {f"{name}_{end}" for name in (*_BLOCKS, *_WORDS) for end in ("open", "close")}
)


class _EveryLink(MarkdownIt):
    """Knows links of every kind as links: those that do not work are refused, and not shown as text."""

    def validateLink(self, url: str) -> bool:  # noqa: N802
        return True


_CHECKED = _EveryLink("commonmark")
_RENDERED = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True)
class Picture:
    address: str
    description: str


def problems(source: str, *, is_ours: Callable[[str], bool]) -> list[ValidationError]:
    """What has to be written otherwise, each once. ``is_ours`` knows the addresses of our own pictures."""
    tokens = list(_all(_CHECKED, source))
    found = dict.fromkeys(problem for token in tokens for problem in _problems(token, is_ours))
    found |= dict.fromkeys(("item", "") for pair in pairwise(tokens) if _parts_an_item(*pair))
    return [ValidationError(MESSAGES[code], code=code, params={"what": what}) for code, what in found]


def links(source: str) -> list[str]:
    """Each link to a page, once, in the order of the text."""
    found = (str(token.attrGet("href")) for token in _all(_RENDERED, source) if token.type == "link_open")
    return list(dict.fromkeys(link for link in found if not link.startswith("mailto:")))


def pictures(source: str) -> list[Picture]:
    return [_picture(token) for token in _all(_RENDERED, source) if token.type == "image"]


def to_html(source: str, *, site: str, addresses: Mapping[str, str]) -> str:
    """Safe HTML. ``addresses`` holds what stands in the mail in place of a link; ``site`` begins those of pictures."""
    tokens = _RENDERED.parse(source)
    for token in _flat(tokens):
        if token.type == "link_open":
            href = str(token.attrGet("href"))
            token.attrSet("href", addresses.get(href, href))
        elif token.type == "image" and str(token.attrGet("src")).startswith("/"):
            token.attrSet("src", f"{site}{token.attrGet('src')}")
        elif token.type in {"paragraph_open", "paragraph_close"} and token.level > 1:
            token.hidden = True  # of an item between empty lines: it is an item like the others
    return str(_RENDERED.renderer.render(tokens, _RENDERED.options, {}))


def _problems(token: Token, is_ours: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """The kind of each, and what was written."""
    if token.type in {"html_block", "html_inline"}:
        if not token.content.startswith("</"):  # its beginning was said
            yield "html", token.content.strip()[:SHOWN]
    elif token.type == "heading_close" and token.tag not in {"h2", "h3"}:
        yield "heading", f"{token.markup} …"
    elif token.type in {"bullet_list_open", "ordered_list_open"} and token.level > 1:
        yield "list", ""
    elif token.type not in _KNOWN:
        yield "mark", token.markup or token.content.strip()[:SHOWN]
    elif token.type == "link_open" and not _leads_somewhere(str(token.attrGet("href"))):
        yield "link", str(token.attrGet("href"))
    elif token.type == "image":
        yield from _problems_of(_picture(token), is_ours)


def _problems_of(picture: Picture, is_ours: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    if not is_ours(picture.address):
        yield "picture", picture.address
    elif not picture.description:
        yield "description", picture.address


def _parts_an_item(before: Token, token: Token) -> bool:
    return token.level > 1 and (before.type, token.type) == ("paragraph_close", "paragraph_open")


def _leads_somewhere(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    where = parts.path if parts.scheme == "mailto" else parts.hostname
    return parts.scheme in LINK_SCHEMES and bool(where)


def _picture(token: Token) -> Picture:
    return Picture(str(token.attrGet("src")), " ".join(token.content.split()))


def _all(markdown: MarkdownIt, source: str) -> Iterator[Token]:
    return _flat(markdown.parse(source))


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        if token.type != "image":
            yield from _flat(token.children or [])
