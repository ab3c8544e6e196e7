from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import views as sitemaps
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_safe

from privacy.web import signed_links
from softnlabs.website.pages import public

ICON_SIZES = (192, 512)  # pixels


@require_safe
def robots_txt(request: HttpRequest) -> HttpResponse:
    """Nothing is closed: what is for nobody else says so itself, and a machine has to be let in to read it."""
    text = render_to_string("website/robots.txt", {"sitemap": signed_links.absolute("/sitemap.xml")})
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Under the address of the settings, whatever name the site was asked by."""
    site = urlsplit(settings.SITE_URL)
    pages = public.PublicPagesSitemap(site.scheme, site.netloc, now=timezone.now())
    return sitemaps.sitemap(request, {"pages": pages}).render()


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For what asks without looking at the page first."""
    return redirect(static("images/favicon.ico"))


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The name and icons for whoever puts the site on a home screen."""
    icons = [
        {"src": static(f"images/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in ICON_SIZES
    ]
    name = settings.ENTITY["name"]
    facts = {"name": name, "short_name": name, "start_url": "/", "display": "browser", "icons": icons}
    return JsonResponse(
        {**facts, "background_color": "#fbfaf7", "theme_color": "#0d5c54"},
        content_type="application/manifest+json",
    )
