"""What the frame of every page takes from the website: `{% load website %}`."""

import html
import re
from typing import TypedDict

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import get_language

from privacy.templatetags.page import bare, prefix
from privacy.web import signed_links
from softnlabs.website.pages import public, published
from softnlabs.website.pages.models import Place
from softnlabs.website.pages.published import PublishedPage

register = template.Library()
LOCALES = {"en": "en_GB", "fr": "fr_FR"}  # of the Open Graph protocol


class Alternate(TypedDict):
    code: str
    href: str
    locale: str


class Addresses(TypedDict):
    """Of a page that search engines may show: its own, and those of all languages, its own among them."""

    own: str
    site: str
    locale: str
    alternates: list[Alternate]
    default: str


@register.simple_tag(takes_context=True)
def pages_in(context: Context, *places: str) -> list[PublishedPage]:
    """The pages that are published now and listed there: `{% pages_in "MENU" as pages %}`.

    None for the page of a failure, which is rendered without a request and must not ask the database.
    """
    return published.listed(*map(Place, places), now=timezone.now()) if "request" in context else []


@register.simple_tag(takes_context=True)
def public_addresses(context: Context) -> Addresses | None:
    """None for a page that is not for search engines."""
    request = context.get("request")
    if request is None or not public.is_public(request):
        return None
    path, language = bare(request.path), (get_language() or settings.LANGUAGE_CODE)[:2]
    return {
        "own": signed_links.absolute(prefix(language) + path),
        "site": settings.SITE_URL,
        "locale": LOCALES[language],
        "alternates": [
            {"code": code, "href": signed_links.absolute(prefix(code) + path), "locale": LOCALES[code]}
            for code, _name in settings.LANGUAGES
        ],
        "default": signed_links.absolute(path),
    }


@register.filter
def one_line(markup: str) -> str:
    """Its words alone, for an attribute."""
    return re.sub(r"[ \t\r\n]+", " ", html.unescape(strip_tags(markup))).strip()
