"""What every page needs: its title, addresses, other languages, the company.

Nothing here depends on a context processor, so that error pages and e-mails can use it too.
"""

from datetime import datetime
from typing import TypedDict

from django import template
from django.conf import settings
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language, get_language_info

from privacy.web import company_address, sizes

register = template.Library()


class OtherLanguage(TypedDict):
    code: str
    name: str
    href: str


class CapturedNode(template.Node):
    """Renders its content once and stores it in the context instead of printing it."""

    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist = nodelist
        self.name = name

    def render(self, context: Context) -> SafeString:
        # Safe: the content has already escaped its variables, and stripping spaces does not change that.
        context[self.name] = mark_safe(self.nodelist.render(context).strip())  # noqa: S308
        return SafeString("")


@register.tag
def captured(parser: Parser, token: Token) -> CapturedNode:
    """`{% captured as name %}…{% endcaptured %}`: content used twice, as title and as heading."""
    words = token.split_contents()
    if len(words) != 3 or words[1] != "as":
        raise template.TemplateSyntaxError("captured is written {% captured as name %}")
    nodelist = parser.parse(("endcaptured",))
    parser.delete_first_token()
    return CapturedNode(nodelist, words[2])


def prefix(language: str | None) -> str:
    """What addresses in that language begin with."""
    code = (language or settings.LANGUAGE_CODE).split("-")[0]
    return "" if code == settings.LANGUAGE_CODE else f"/{code}"


def bare(path: str) -> str:
    """The path without its language prefix: /fr/contact/ and /contact/ are the same page."""
    prefixes = [prefix(code) for code, _name in settings.LANGUAGES]
    for before in filter(None, prefixes):
        if path == before or path.startswith(f"{before}/"):
            return path[len(before) :] or "/"
    return path


register.filter(sizes.file_size)


@register.filter
def iso_instant(instant: datetime) -> str:
    """For `<time datetime="…">`: HTML allows three decimals of a second, Django's `date:"c"` writes six."""
    return localtime(instant).isoformat(timespec="seconds")


@register.simple_tag
def address(path: str) -> str:
    """A path of the site in the active language: `{% address "/contact/" %}`."""
    return prefix(get_language()) + path


@register.simple_tag(takes_context=True)
def section(context: Context, path: str) -> bool:
    """Whether the current page is under this path."""
    request = context.get("request")
    return request is not None and bare(request.path).startswith(path)


@register.simple_tag(takes_context=True)
def other_languages(context: Context) -> list[OtherLanguage]:
    """The current page in the other languages."""
    request = context.get("request")
    path = bare(request.path) if request else "/"
    query = request.META.get("QUERY_STRING", "") if request else ""
    here = prefix(get_language())
    return [
        {
            "code": code,
            "name": get_language_info(code)["name_local"].capitalize(),
            "href": prefix(code) + path + (f"?{query}" if query else ""),
        }
        for code, _name in settings.LANGUAGES
        if prefix(code) != here
    ]


@register.simple_tag
def company() -> dict[str, object]:
    """For clause 1 of the policy and the footer."""
    return {**settings.ENTITY, "controller": settings.CONTROLLER}


@register.simple_tag(name="company_address")
def printed_address() -> str:
    """On one line, as the policy prints it."""
    return company_address.on_one_line()
