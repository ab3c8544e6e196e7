"""Every class of response reaches the 135 points that Mozilla's HTTP Observatory gives (see ``tests/observatory.py``).

Asked over HTTPS by a browser that came by the home page and so has a cookie of the site: where there is none, the five
points for guarded cookies are out of reach, and 130 is all.
"""

from collections.abc import Callable
from http.cookies import SimpleCookie

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from privacy import middleware
from privacy.web.headers import FILE_POLICY
from softnlabs.website.accounts.models import User
from tests import actors, observatory
from tests.softnlabs.enquiries.factories import TYPED

pytestmark = pytest.mark.django_db
BEST, WITHOUT_COOKIE = 135, 130
SITE = "https://testserver"


@pytest.fixture(autouse=True)
def _over_https(settings) -> None:
    """As the settings are where SITE_URL begins with https://."""
    settings.HTTPS, settings.SITE_URL, settings.COOKIE_PREFIX = True, SITE, "__Host-"
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    settings.SESSION_SAVE_EVERY_REQUEST = True  # each answer sets the cookie, as a sign-in does
    settings.SECURE_HSTS_SECONDS = 63_072_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    directives = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], "upgrade-insecure-requests": True}
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}


@pytest.fixture
def browser() -> Client:
    client = Client(raise_request_exception=False)
    client.get("/", secure=True)
    assert client.cookies
    return client


@pytest.fixture
def at_the_desk(browser: Client, dpo: User) -> Client:
    actors.sign_in(browser, dpo)
    return browser


def points(response: HttpResponse, client: Client) -> int:
    return observatory.score(response, client.cookies)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200), ("/fr/", 200), ("/contact/", 200), ("/fr/contact/", 200), ("/privacy/choices/", 200),
        ("/careers/", 200), ("/account/sign-in/", 200), ("/admin/login/", 200), ("/fr/admin/login/", 200),
        ("/admin/", 302), ("/account/", 302), ("/privacy", 301),
        ("/?q=%00", 400), ("/nowhere/", 404), ("/fr/nowhere/", 404), ("/privacy/choices/accept/", 405),
        ("/privacy/updates/stop/not-a-token/", 410),
        ("/health/", None), ("/privacy/promises.json", None), ("/privacy/feed/", 200),
        ("/.well-known/security.txt", 200), ("/.well-known/gpc.json", 200), ("/privacy/choices/proof.json", 200),
    ],
)  # fmt: skip
def test_what_a_visitor_gets_reaches_all_points(browser: Client, path: str, status: int | None):
    response = browser.get(path, secure=True)
    assert response.status_code == (status or response.status_code)
    assert points(response, browser) >= BEST, observatory.points(response, browser.cookies)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/admin/", 200), ("/admin/privacy/mail/", 200), ("/fr/admin/privacy/auditentry/", 200),
        ("/admin/privacy/mail/999999/change/", 404), ("/admin/privacy/activity/register.pdf", 200),
        ("/admin/privacy/activity/register.csv", 200), ("/account/", 200), ("/admin/nowhere/", 404),
    ],
)  # fmt: skip
def test_what_the_desk_shows_reaches_all_points(at_the_desk: Client, path: str, status: int):
    response = at_the_desk.get(path, secure=True)
    assert response.status_code == status
    assert points(response, at_the_desk) >= BEST, observatory.points(response, at_the_desk.cookies)


def _forbidden(browser: Client) -> HttpResponse:
    strict = Client(enforce_csrf_checks=True)
    return strict.post("/contact/", TYPED, secure=True)


def _forbidden_at_the_desk(browser: Client) -> HttpResponse:
    actors.sign_in(browser, actors.make_staff("clerk@example.org"))
    return browser.get("/admin/privacy/mail/", secure=True)


def _trace(browser: Client) -> HttpResponse:
    return browser.trace("/", secure=True)


def _other_host(browser: Client) -> HttpResponse:
    return browser.get("/", secure=True, headers={"host": "another.example"})


@pytest.mark.parametrize(
    ("ask", "status"), [(_forbidden, 403), (_forbidden_at_the_desk, 403), (_trace, 405), (_other_host, 400)]
)
def test_what_is_refused_reaches_all_points(
    browser: Client, ask: Callable[[Client], HttpResponse], status: int
):
    response = ask(browser)
    assert response.status_code == status
    assert points(response, browser) >= BEST, observatory.points(response, browser.cookies)


@pytest.mark.parametrize("error", [RuntimeError("broken"), connection.Database.OperationalError("away")])
def test_what_failed_reaches_all_points(browser: Client, monkeypatch, error: Exception):
    def fail(*_facts: object, **_named: object) -> None:
        with connection.wrap_database_errors:
            raise error

    monkeypatch.setattr("softnlabs.website.enquiries.enquiries.receive", fail)
    response = browser.post("/contact/", TYPED, secure=True)
    assert response.status_code == (500 if isinstance(error, RuntimeError) else 503)
    assert points(response, browser) >= BEST, observatory.points(response, browser.cookies)


@pytest.mark.parametrize("name", ["css/site.css", "choices/choices.js"])
def test_a_static_file_reaches_all_points_and_is_for_this_site_alone(browser, settings, name):
    call_command("collectstatic", interactive=False, verbosity=0)
    browser.handler.load_middleware()
    response = browser.get(f"/static/{name}", secure=True)
    assert response.status_code == 200
    b"".join(response)
    response.close()
    assert "Access-Control-Allow-Origin" not in response.headers
    assert points(response, browser) >= BEST, observatory.points(response, browser.cookies)


def test_a_download_of_a_file_that_somebody_sent_keeps_its_own_policy_and_reaches_all_points(browser: Client):
    response = HttpResponse(
        b"%PDF", content_type="application/pdf", headers={"Content-Security-Policy": FILE_POLICY}
    )
    whole = browser.get("/", secure=True)
    for name, value in whole.headers.items():
        response.headers.setdefault(name, value)
    response.headers["Content-Type"] = "application/pdf"
    assert points(response, browser) >= BEST


def test_a_page_asked_for_in_clear_leads_to_the_same_host_over_tls(browser: Client):
    response = browser.get("/contact/")
    assert (response.status_code, response.headers["Location"]) == (301, f"{SITE}/contact/")


def test_a_browser_without_a_cookie_leaves_five_points_out_of_reach(browser: Client):
    assert observatory.score(browser.get("/", secure=True), {}) == WITHOUT_COOKIE


WEAKER = {
    "Content-Security-Policy": (
        "", "default-src 'self'; frame-ancestors 'none'", "default-src 'self'", "default-src *",
        "script-src 'self' 'unsafe-inline'", "default-src 'none'; style-src 'unsafe-inline'",
    ),
    "Referrer-Policy": ("", "unsafe-url", "origin"),
    "X-Content-Type-Options": ("", "sniff"),
    "Strict-Transport-Security": ("", "max-age=3600"),
    "Cross-Origin-Resource-Policy": ("", "cross-origin", "nonsense"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, weak in WEAKER.items() for value in weak]
)
def test_a_weaker_header_costs_points(browser: Client, name: str, value: str):
    response = browser.get("/", secure=True)
    response.headers[name] = value
    if not value:
        del response.headers[name]
    assert points(response, browser) < BEST


def test_a_header_that_the_site_no_longer_sends_costs_points(monkeypatch):
    monkeypatch.setitem(middleware.FIXED_HEADERS, "Cross-Origin-Resource-Policy", "cross-origin")
    client = Client()
    assert points(client.get("/", secure=True), client) == BEST - 10


@pytest.mark.parametrize(
    ("cookie", "taken"),
    [
        ("__Host-session=1; HttpOnly; SameSite=Lax", 15),
        ("__Host-session=1; Secure; SameSite=Lax", 35),
        ("__Host-csrf=1; Secure; HttpOnly", 25),
        ("other=1; Secure; SameSite=None", 25),
        ("other=1; Secure", 5),
        ("other=1; SameSite=Lax", 10),
    ],
)
def test_a_weaker_cookie_costs_points(browser: Client, cookie: str, taken: int):
    response = browser.get("/", secure=True)
    score = observatory.score(response, SimpleCookie(cookie))
    assert score <= BEST - taken


@pytest.mark.parametrize(
    "script", ['"//cdn.example/x.js"', '"http://cdn.example/x.js"', '"https://cdn.example/x.js"']
)
def test_a_script_from_elsewhere_costs_points(browser: Client, script: str):
    response = browser.get("/", secure=True)
    response.content += f"<script src={script}></script>".encode()
    assert points(response, browser) < BEST


def test_another_site_that_may_read_with_our_cookies_costs_points(browser: Client):
    response = browser.get("/", secure=True)
    response.headers["Access-Control-Allow-Origin"] = "https://another.example"
    response.headers["Access-Control-Allow-Credentials"] = "true"
    assert points(response, browser) <= 50


def test_the_grades_come_out_as_the_observatory_publishes_them():
    """A response without any header: 100 less 25 (content), 20 (frames), 5 (sniffing), 20 (HSTS)."""
    assert observatory.score(HttpResponse(), {}) == 30
