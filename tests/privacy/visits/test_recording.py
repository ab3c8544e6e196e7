"""What is recorded of a page, what is not, and what the browser gets."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve
from django.utils import timezone

from privacy import middleware
from privacy.files.spool import Spool, read
from privacy.visits import recording
from privacy.visits.counting_models import RecordingObjection
from privacy.visits.models import Visit
from privacy.web import request_facts
from privacy.web.request_facts import Browser

SOMEBODY = UUID("3c523fb1-41fb-48fc-8198-9b0158aed0b6")
HTML = "text/html; charset=utf-8"


@pytest.fixture
def waiting():
    """The lines in the spool, as lists of columns."""

    def columns() -> list[list[str]]:
        pieces = recording.spool().segments()
        return [line.decode().split("\t") for segment in pieces for line in read(segment)[0]]

    return columns


def shown(path="/", *, response=None, match=None, **headers):
    """A request whose page was made."""
    request = RequestFactory().get(path, **headers)
    request.resolver_match = match or resolve("/")
    return request, response or HttpResponse("page")


def test_a_first_page_is_recorded_under_a_new_number(db, client, waiting, now):
    with time_machine.travel(now, tick=False):
        response = client.get("/", headers={"referer": "https://search.example/?q=secret+words"})
    ((at, number, visitor, has_cookie, path, referrer, language),) = waiting()
    assert at == "2026-11-23T10:00:00+00:00"
    assert number.isdigit()
    assert visitor == response.cookies["visitor"].value
    assert (has_cookie, path, referrer, language) == ("f", "/", "search.example", "en")


def test_recording_asks_the_database_nothing(db, client, django_assert_num_queries):
    client.get("/")
    with django_assert_num_queries(0):
        client.get("/")


def test_the_cookie_lives_six_calendar_months_from_its_first_day(db, client, waiting, now):
    with time_machine.travel(now, tick=False):
        cookie = client.get("/").cookies["visitor"]
        assert "visitor" not in client.get("/").cookies
    assert cookie["max-age"] == int(timedelta(days=181, hours=-1).total_seconds())  # 23 May has summer time
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert [line[2] for line in waiting()] == [cookie.value] * 2


@pytest.mark.parametrize(
    "value", ["", "x", "1" * 500, str(UUID(int=7)), str(SOMEBODY).upper(), f"{{{SOMEBODY}}}", "a\\tb"]
)
def test_a_number_that_we_did_not_give_is_replaced(db, client, waiting, value):
    client.cookies["visitor"] = value
    response = client.get("/")
    assert waiting()[0][2] == response.cookies["visitor"].value != value


def test_the_number_is_among_the_keys_of_the_browser():
    request, _response = shown()
    visitor = uuid4()
    request.COOKIES["visitor"] = str(visitor)
    assert recording.visitor_of(request) == visitor


@pytest.mark.parametrize("status", [301, 302, 304, 400, 404, 500])
def test_only_pages_that_were_shown_count(status):
    assert not recording.is_page(*shown(response=HttpResponse("x", status=status)))


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "image/svg+xml"])
def test_only_pages_count(kind):
    assert recording.is_page(*shown())
    assert not recording.is_page(*shown(response=HttpResponse("x", content_type=kind)))


@pytest.mark.parametrize(
    "headers", [{"sec-purpose": "prefetch;prerender"}, {"purpose": "prefetch"}, {"x-moz": "prefetch"}]
)
def test_a_page_fetched_ahead_was_not_seen(db, client, waiting, headers):
    assert client.get("/", headers=headers).status_code == 200
    assert waiting() == []
    assert not client.cookies


def test_a_robot_gets_no_number_and_leaves_no_visit(db, client, waiting):
    robot = "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)"
    for _page in range(3):
        assert client.get("/", headers={"user-agent": robot}).status_code == 200
    assert waiting() == []
    assert not client.cookies
    client.get(
        "/", headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}
    )
    ((*_columns, path, _referrer, _language),) = waiting()
    assert path == "/"
    assert "Firefox" not in str(waiting())


def test_the_desk_and_machines_are_not_counted(dpo_client: Client, waiting):
    for path in ("/admin/", "/health/", "/static/css/site.css", "/nothing/here/"):
        dpo_client.get(path)
    dpo_client.head("/")
    dpo_client.post("/contact/", {})
    assert waiting() == []
    assert "visitor" not in dpo_client.cookies


def through_the_middleware(request, *, objects_now=False, objected=False):
    """One request, on which the choices of its visitor were read."""

    def view(request):
        Browser.of(request).records_visits = not (objected or objects_now)
        return HttpResponse("page")

    Browser.of(request).records_visits = not objected
    request.resolver_match = resolve("/")
    return middleware.visits_middleware(view)(request)


def test_a_visitor_who_objected_leaves_nothing(waiting):
    response = through_the_middleware(RequestFactory().get("/"), objected=True)
    assert "visitor" not in response.cookies
    assert waiting() == []


def test_an_objection_takes_hold_with_the_very_answer(db, waiting):
    visitor, request = uuid4(), RequestFactory().get("/")
    request.COOKIES["visitor"] = str(visitor)
    through_the_middleware(request)
    through_the_middleware(request, objects_now=True)
    assert len(waiting()) == 1
    assert RecordingObjection.objects.get().visitor == visitor
    moment = timezone.now()
    recording.prepare_partitions(now=moment)
    assert recording.drain(now=moment) == 0
    assert not Visit.objects.exists()


def test_without_the_guard_nothing_is_recorded(db, settings, waiting):
    """Neither a visit nor an objection: nobody asked this browser."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "guard" not in name]
    client = Client()
    assert not client.get("/").cookies
    client.cookies["visitor"] = str(SOMEBODY)
    assert not client.get("/").cookies
    assert waiting() == []
    assert not RecordingObjection.objects.exists()


def test_over_https_the_cookie_is_bound_to_the_host(settings):
    settings.HTTPS, settings.COOKIE_PREFIX = True, "__Host-"
    cookie = through_the_middleware(RequestFactory().get("/")).cookies["__Host-visitor"]
    assert cookie["secure"]
    assert cookie["path"] == "/"
    assert not cookie["domain"]


class Match:
    def __init__(self, route: str, **kwargs: object) -> None:
        self.route, self.kwargs, self.app_name, self.url_name = route, kwargs, "x", "y"


@pytest.mark.parametrize(
    ("route", "kwargs", "kept"),
    [
        ("careers/<slug:slug>/", {"slug": "python"}, "/careers/python/"),
        ("fr/<word:slug>/", {"slug": "about-us"}, "/fr/about-us/"),
        ("fr/privacy/versions/<int:number>/", {"number": 2}, "/fr/privacy/versions/2/"),
        ("privacy/mail/<str:token>/", {"token": "opens-a-door"}, "/privacy/mail/<token>/"),
        ("privacy/mail/<token>/", {"token": "opens-a-door"}, "/privacy/mail/<token>/"),
        ("privacy/requests/<uuid:pk>/", {"pk": UUID(int=7)}, "/privacy/requests/<pk>/"),
    ],
)
def test_an_address_that_holds_a_secret_is_kept_as_its_pattern(route, kwargs, kept):
    request, _response = shown("/what/was/asked", match=Match(route, **kwargs))
    assert request_facts.page(request) == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://www.Example.COM:8443/path?q=name", "www.example.com"),
        ("http://testserver/contact/", ""),
        ("not an address", ""),
        ("https://[broken/", ""),
        ("https://evil\texample/", "evilexample"),
        ("https://exämple.org/", ""),
        ("android-app://com.example/", "com.example"),
    ],
)
def test_of_a_referrer_only_the_host_stays(given, kept):
    request, _response = shown(headers={"referer": given, "host": "testserver"})
    assert request_facts.referrer(request) == kept


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "found"),
    [
        (0, "198.51.100.9", "192.0.2.1", "192.0.2.1"),
        (1, "198.51.100.9", "192.0.2.1", "198.51.100.9"),
        (1, "203.0.113.66, 198.51.100.9", "192.0.2.1", "198.51.100.9"),
        (2, "203.0.113.66, 198.51.100.9, 192.0.2.7", "192.0.2.1", "198.51.100.9"),
        (2, "198.51.100.9", "192.0.2.1", "192.0.2.1"),
        (1, "not an address", "192.0.2.1", None),
        (1, "", "192.0.2.1", None),
        (0, "", "", None),
        (0, "", "::ffff:192.0.2.1", "192.0.2.1"),
        (0, "", "fe80::1%eth0", "fe80::1"),
        (0, "", "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_clients_address_believes_as_many_proxies_as_there_are(
    settings, proxies, forwarded, remote, found
):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded}, REMOTE_ADDR=remote)
    assert request_facts.address(request) == found


def test_a_spool_that_refuses_does_not_break_the_page(db, client, settings, tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(recording, "_lost", [0])
    settings.SPOOL_ROOT = tmp_path / "file" / "spool"
    (tmp_path / "file").write_text("in the way")
    for _page in range(5):
        assert client.get("/").status_code == 200
    said = [record.getMessage() for record in caplog.records if "the spool refused" in record.getMessage()]
    assert [one.partition(": ")[2] for one in said] == [
        f"{number} (NotADirectoryError)" for number in (1, 2, 4)
    ]


def test_a_full_disk_does_not_break_the_page(db, client, monkeypatch, waiting):
    def full(self: Spool, line: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Spool, "append", full)
    assert client.get("/").status_code == 200
    monkeypatch.undo()
    client.get("/")
    assert len(waiting()) == 1
