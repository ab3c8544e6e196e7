from functools import cache

from django import template
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from consent.choices import gpc, guard
from consent.cookies import registry
from consent.notices import campaigns, notices
from consent.wording import wording

register = template.Library()
NOTHING = mark_safe("")


@register.simple_tag(takes_context=True)
def choices_banner(context: Context) -> SafeString:
    """Empty for visitors who have nothing left to answer."""
    request: HttpRequest | None = context.get("request")
    undecided = guard.evaluated(request).undecided if request is not None else frozenset()
    if request is None or not undecided or context.get("hides_banner"):
        return NOTHING
    back = request.get_full_path() if request.method == "GET" else request.path
    shown = wording.prompt_about(registry.current(), undecided).in_language(get_language())
    return shown.banner_for(back) + _script()


@cache
def _script() -> SafeString:
    """Its name holds the file's hash and does not change while the process runs."""
    return render_to_string("consent/preferences/script.html")


@register.simple_tag(takes_context=True)
def signal_line(context: Context) -> SafeString:
    """Tells a visitor whose browser says no for every site that this counts. No question, and no cookie to end it."""
    request: HttpRequest | None = context.get("request")
    if request is None or context.get("hides_banner") or not gpc.is_obeyed(request):
        return NOTHING
    return _signal_line(get_language())


@cache
def _signal_line(_language: str | None) -> SafeString:
    """The same on each page in a language."""
    return render_to_string("consent/preferences/signal.html")


@register.simple_tag(takes_context=True)
def notice_place(context: Context) -> SafeString:
    """A notice chosen for the visitor where they consented, else the general one."""
    request: HttpRequest | None = context.get("request")
    shown = campaigns.select(request, now=timezone.now()) if request is not None else None
    if shown is None:
        return NOTHING
    notice = shown.notice
    link = (
        reverse("consent:notice-follow", args=[notice.id])
        if shown.is_counted
        else notices.link_in_language(notice)
    )
    return render_to_string("consent/notices/notice.html", {"notice": notice, "link": link})


@register.filter
def shown_in(prompt: wording.ConsentPrompt, language: str) -> wording.RenderedWording:
    return prompt.in_language(language)
