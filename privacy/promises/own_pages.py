"""The site's own pages, as a browser gets them that comes for the first time.

A page is made in this process and goes through all the middleware, so a worker can look where no web server runs.
Looking leaves nothing behind: the database refuses to be written to meanwhile, and the line that a visit would have
left is handed to whoever asks. The cookies are those of the answer, after everything that strips or shortens them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from http.cookies import Morsel, SimpleCookie
from io import BytesIO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.urls.resolvers import LocalePrefixPattern
from django.utils.translation import get_language, override

from privacy.files import spool
from privacy.promises.markup import Element, parse
from privacy.visits import recording
from privacy.web.headers import is_html

OK = 200


class NoPageError(Exception):
    """The home page is not shown, so nothing can be said of the others."""


@dataclass(frozen=True)
class Page:
    """An answer of our own site. `visits` are the lines that it would have left in the spool of visits."""

    address: str
    language: str
    status: int
    text: str
    cookies: SimpleCookie
    visits: tuple[bytes, ...]
    is_shown: bool
    """Whether it is a page that a browser shows, rather than a file, a redirection or an error."""

    @cached_property
    def root(self) -> Element:
        return parse(self.text)

    def cookies_kept(self) -> "dict[str, Morsel[str]]":
        """The cookies that the browser now keeps: no deletions."""
        return {name: morsel for name, morsel in self.cookies.items() if str(morsel["max-age"]) != "0"}

    def links_to(self, address: str) -> list[Element]:
        """The links that somebody sees, to an address without its query."""
        links = self.root.all("a")
        return [link for link in links if urlsplit(link["href"]).path == address and link.is_visible()]


def get(
    address: str, *, cookies: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> Page:
    """Ask for an address, as a browser that holds these cookies and sends these headers. Writes nothing."""
    request = _request(address, cookies or {}, headers or {})
    with transaction.atomic(), spool.withholding() as visits, override(None):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL transaction_read_only = on")
        response = _handler(tuple(settings.MIDDLEWARE)).get_response(request)
        language = get_language() or settings.LANGUAGE_CODE
        transaction.set_rollback(True)  # with what waits for a commit, such as a task
    assert isinstance(response, HttpResponse)
    is_shown = response.status_code == OK and is_html(response)
    text = response.content.decode() if is_html(response) else ""
    return Page(address, language, response.status_code, text, response.cookies, tuple(visits), is_shown)


def public_pages() -> list[Page]:
    """The pages to which links lead from the home page, in every language; of those that differ by a name, one."""
    return [page for language, _name in settings.LANGUAGES for page in _pages_in(language)]


def _pages_in(language: str) -> Iterator[Page]:
    waiting, seen = [home(language)], set[str]()
    for address in waiting:  # grows meanwhile
        route = _route(address, language)
        if route is None or route in seen:
            continue
        seen.add(route)
        page = get(address)
        if not page.is_shown and address == waiting[0]:
            raise NoPageError(address)
        if page.is_shown:
            yield page
            waiting.extend(dict.fromkeys(_own_links(page)))


def home(language: str) -> str:
    with override(language):
        return f"/{LocalePrefixPattern(prefix_default_language=False).language_prefix}"


def _route(address: str, language: str) -> str | None:
    """The pattern of a page in this language; that of a page of another language, of the desk, or of none, is None."""
    with override(language):
        try:
            match = resolve(address)
        except Resolver404:
            return None
    return None if match.app_name in recording.UNCOUNTED_APPLICATIONS else match.route


def _own_links(page: Page) -> Iterator[str]:
    """The pages of this site that a page links: their addresses end with a slash, those of files do not."""
    for link in page.root.all("a"):
        if (path := urlsplit(link["href"]).path).startswith("/") and path.endswith("/"):
            yield path


@cache
def _handler(middleware: tuple[str, ...]) -> BaseHandler:
    handler = BaseHandler()
    handler.load_middleware()
    return handler


def _request(address: str, cookies: Mapping[str, str], headers: Mapping[str, str]) -> WSGIRequest:
    """As it comes from the proxy, but without a network address: it is nobody's."""
    site = urlsplit(settings.SITE_URL)
    environ: dict[str, object] = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address,
        "HTTP_HOST": site.netloc,
        "SERVER_NAME": site.hostname,
        "SERVER_PORT": str(site.port or ""),
        "wsgi.url_scheme": site.scheme,
        "wsgi.input": BytesIO(),
        "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }
    return WSGIRequest(environ)
