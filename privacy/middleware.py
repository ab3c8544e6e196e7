"""What every request goes through in privacy: its id, headers, methods, visits, who acts, readiness after a restore."""

import logging
import re
from collections.abc import Callable

from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import timezone

from privacy.audit import refusals, trail
from privacy.files import storage
from privacy.journal import entries
from privacy.security import events
from privacy.visits import recording
from privacy.web import rate_limits, request_facts, request_ids
from privacy.web.headers import FixedHeaders, header_value, is_html
from privacy.web.request_facts import Browser

Handler = Callable[[HttpRequest], HttpResponse]
FIXED_HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "fullscreen",
            "geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment", "screen-wake-lock",
            "usb", "xr-spatial-tracking",
        )
    ) + ", publickey-credentials-create=(self), publickey-credentials-get=(self)",
}  # fmt: skip
BIDI_CONTROLS = re.compile("|".join("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069").encode())
RETRY_SECONDS = "600"
SCAN_SECONDS = "60"  # by then a file is scanned
HTTP_METHODS = ("GET", "HEAD", "OPTIONS", "POST")
NO_STORE = FixedHeaders({"Cache-Control": "no-store"})
TRUSTED_TYPES = {"require-trusted-types-for": ["'script'"]}
log = logging.getLogger(__name__)


def request_id_middleware(get_response: Handler) -> Handler:
    """Give each request its id; outermost, so that every answer and every log line has it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        number = request_ids.of(request)
        with request_ids.working(request_ids.Work(number, request)):
            response = get_response(request)
        response.headers[request_ids.HEADER] = number
        return response

    return middleware


def security_middleware(get_response: Handler) -> Handler:
    """Leave to security what :mod:`privacy.security.events` records; outermost, so that it sees every refusal."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with rate_limits.watching() as reached:
            response = get_response(request)
        events.record(request, response, reached, now=timezone.now())
        return response

    return middleware


def methods_middleware(get_response: Handler) -> Handler:
    """Refuse methods that no page of ours answers: a plain Django view would answer TRACE with 200."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return (
            get_response(request) if request.method in HTTP_METHODS else HttpResponseNotAllowed(HTTP_METHODS)
        )

    return middleware


def nul_bytes_middleware(get_response: Handler) -> Handler:
    """Refuse a query with a NUL, which no database can look for: not every page looks at it through a form."""

    def middleware(request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query or "\0" in query:
            raise BadRequest
        return get_response(request)

    return middleware


def headers_middleware(get_response: Handler) -> Handler:
    """The headers that Django does not set by itself; the policy for content is put together once."""
    policy = "Content-Security-Policy"
    admin_headers = FixedHeaders({policy: build_policy(), **FIXED_HEADERS})  # Django's admin writes innerHTML
    site_headers = FixedHeaders({policy: build_policy(update=TRUSTED_TYPES), **FIXED_HEADERS})

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        match = request.resolver_match
        fixed = admin_headers if match is not None and match.app_name == "admin" else site_headers
        fixed.add_missing(response)
        return response

    return middleware


def no_store_middleware(get_response: Handler) -> Handler:
    """What is made for one person stays in no cache, that of a shared computer's browser included."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if _is_for_one_person(request, response) and "no-store" not in header_value(
            response, "cache-control"
        ):
            NO_STORE.override(response)
        return response

    return middleware


def _is_for_one_person(request: HttpRequest, response: HttpResponse) -> bool:
    """Behind a sign-in or a mailed link, or with what was typed in it. Static files are for everybody."""
    match = request.resolver_match
    if match is None and not is_html(response):
        return False
    typed = request.method == "POST" or bool(request.META.get("QUERY_STRING"))
    opened = match is not None and request_facts.gives_access(match)
    return typed or opened or settings.SESSION_COOKIE_NAME in request.COOKIES


def bidi_middleware(get_response: Handler) -> Handler:
    """At the desk, text goes as it is spelled: signs that turn it around would let "exe.txt" pass for "txt.exe"."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        match = request.resolver_match
        is_desk = match is not None and match.app_name == "admin"
        is_page = is_desk and is_html(response) and not response.streaming
        if is_page and BIDI_CONTROLS.search(response.content):
            response.content = BIDI_CONTROLS.sub("\N{REPLACEMENT CHARACTER}".encode(), response.content)
        return response

    return middleware


def visits_middleware(get_response: Handler) -> Handler:
    """Record each page that is shown, if ``Browser.records_visits`` says so; see :mod:`privacy.visits.recording`."""

    def middleware(request: HttpRequest) -> HttpResponse:
        browser, visitor = Browser.of(request), recording.visitor_of(request)
        response = get_response(request)
        if browser.records_visits:
            if recording.is_page(request, response):
                recording.record(request, response, visitor=visitor, now=timezone.now())
        elif browser.records_visits is False and visitor is not None:
            # From this very answer on: what waits in the spool must not come in either.
            recording.stop_recording(visitor, now=timezone.now())
        elif browser.records_visits is False and browser.hidden_visitor is not None:
            client = rate_limits.client(request)
            browser.keeps_number = not recording.stop_by_signal(
                browser.hidden_visitor, client=client, now=timezone.now()
            )
        return response

    return middleware


def audit_middleware(get_response: Handler) -> Handler:
    """Say who acts while this request runs, asked only when something is recorded; record what they are refused."""

    def middleware(request: HttpRequest) -> HttpResponse:
        def actor() -> str:
            return f"user:{request.user.pk}" if request.user.is_authenticated else "visitor"

        def source() -> str:
            return f"web:{request.method} {request_facts.route(request)}"[:100]

        with trail.acting(actor, source):
            response = get_response(request)
            refusals.note(request, response, now=timezone.now())
        return response

    return middleware


class ClosedFilesMiddleware:
    """Say in words why a file does not open: it waits for the scanner, held a virus, or is lost."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, storage.UnreadableFileError):
            return None
        is_waiting = isinstance(exception, storage.QuarantinedError)
        if type(exception) is storage.UnreadableFileError:
            log.error("a file cannot be read: %s", exception)
        facts = {"is_waiting": is_waiting, "is_infected": isinstance(exception, storage.InfectedError)}
        response = render(request, "privacy/files/closed.html", facts, status=503 if is_waiting else 410)
        response["Cache-Control"] = "no-store"
        if is_waiting:
            response["Retry-After"] = SCAN_SECONDS
        return response


def readiness_middleware(get_response: Handler) -> Handler:
    """Show nothing out of a restored backup before what was erased since is erased again."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info in settings.ANSWERED_UNREADY or entries.is_ready():
            return get_response(request)
        response = render(request, "privacy/journal/not_ready.html", status=503)
        response["Retry-After"], response["Cache-Control"] = RETRY_SECONDS, "no-store"
        return response

    return middleware
