"""Log lines: when, who, in which request and what, and never a token, an address of a mailbox or what was typed."""

import json
import logging
import re
import smtplib
from collections.abc import Callable, Iterator
from datetime import datetime
from http import HTTPStatus
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.db.models import IntegerField, ProtectedError
from django.http import Http404, UnreadablePostError
from django.test import Client, RequestFactory
from django.utils import timezone

from privacy.audit.models import AuditEntry
from privacy.mail import task_queue
from privacy.security.models import SecurityEvent
from privacy.web import request_ids
from softnlabs import logs
from softnlabs.celery import app
from softnlabs.website.models import User
from tests import actors, sample_site
from tests.conftest import ALICE
from tests.house.address_samples import AddressSamples
from tests.house.addresses import addresses
from tests.softnlabs.enquiries.factories import TYPED

METHODS = ("get", "head", "options", "post", "put", "patch", "delete", "trace")
HEX = re.compile(r"[0-9a-f]{32}")
LINE = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00) (?P<level>[A-Z]+) (?P<logger>[\w.]+) "
    r"\[(?P<who>-|[0-9a-f]{16}) (?P<request_id>\S+)\] (?P<message>.*)"
)


class Log:
    """What the site would write, in one style."""

    def __init__(self) -> None:
        self.stream = StringIO()
        self.handler = logging.StreamHandler(self.stream)
        self.style("")

    def style(self, style: str) -> None:
        self.handler.setFormatter(logs.formatter(style))

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    def only(self) -> dict[str, str]:
        (line,) = self.lines
        found = LINE.fullmatch(line)
        assert found, line
        return found.groupdict()


@pytest.fixture
def log() -> Iterator[Log]:
    log, root = Log(), logging.getLogger()
    root.addHandler(log.handler)
    yield log
    root.removeHandler(log.handler)


@pytest.fixture
def browser(db) -> Client:
    return Client(raise_request_exception=False)


# Tokens --------------------------------------------------------------------------------------------------


OPENS = re.compile(
    r"[<:](token|key)>|\?P<(token|key)>"
)  # what a part of an address is called that opens something


def token_addresses(now: datetime) -> dict[str, str]:
    """The addresses that hold a token, by their token: for each route those that are good and one that is not."""
    samples = AddressSamples(sample_site.fill(now=now), now=now)
    found = {}
    for route in (each for each in addresses() if OPENS.search(each) and not each.startswith("/admin/")):
        for sample in samples.of(route):
            address = sample.asked.replace("not-a-token", f"not-a-token-of-{len(found)}")
            token = address.rstrip("/").rpartition("/")[2]
            if len(token) > 12:  # otherwise the number of a file, which opens nothing
                found[token] = address
    assert len(found) >= 12
    return found


def told(log: Log) -> str:
    """Whatever is kept about requests."""
    kept = [*AuditEntry.objects.values_list(), *SecurityEvent.objects.values_list()]
    return log.text + "\n".join(map(str, kept))


@pytest.mark.parametrize("style", ["", "json"])
@pytest.mark.usefixtures("acting")
def test_no_token_stands_in_a_log_a_journal_or_a_security_record(browser, log, style):
    found = token_addresses(timezone.now())
    log.style(style)
    for address in found.values():
        for path in (address, f"/fr{address}", address[:-1], f"{address}more/", f"{address}?next={address}"):
            for method in METHODS:
                getattr(browser, method)(path)
            browser.get(path, headers={"host": "another.example"})
            strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
            strict.post(path)
            strict.post(path, headers={"origin": "https://another.example"})
            strict.post(path, secure=True, headers={"referer": f"https://another.example{path}"})
    assert log.text.count("<str:token>") > len(found) * 10
    assert [token for token in found if token in told(log)] == []


def _raiser(error: Exception) -> Callable[..., Any]:
    def fail(*_facts: object, **_named: object) -> Any:
        raise error

    return fail


@pytest.mark.parametrize("style", ["", "json"])
@pytest.mark.usefixtures("acting")
def test_no_token_stands_in_what_is_told_of_an_error(browser, log, style, monkeypatch):
    found = token_addresses(timezone.now())
    log.style(style)
    for token, address in found.items():
        for error in (
            RuntimeError(f"cannot reverse {address!r}"), KeyError(token), ValueError(f"a\nb {token}"),
            BadRequest(token), PermissionDenied(token), Http404(token), UnreadablePostError(token),
        ):  # fmt: skip
            with monkeypatch.context() as broken:
                broken.setattr("privacy.web.signed_links.read", _raiser(error))
                browser.get(address)
                browser.post(address)
    assert "RuntimeError" in log.text
    assert "Traceback" in log.text
    assert [token for token in found if token in told(log)] == []


# One line for what is refused -------------------------------------------------------------------------------


def refused(settings, client: Client) -> dict[str, Callable[[], Any]]:
    """Each way to have a post refused before or inside a page, by what its line says."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000, 20
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    form = "multipart/form-data; boundary=x"
    file = '--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n' + ALICE + "\r\n"
    many = {f"f{n}": "1" for n in range(30)}
    return {
        "Bad Request (RequestDataTooBig)": lambda: client.post("/contact/", {"message": ALICE * 1000}),
        "Bad Request (TooManyFieldsSent)": lambda: client.post("/contact/", many),
        "Bad Request (TooManyFilesSent)": lambda: client.post("/contact/", file * 9 + "--x--\r\n", form),
        "Bad Request (MultiPartParserError)": lambda: client.post("/contact/", "x", "multipart/form-data"),
        "Bad Request (DisallowedHost)": lambda: client.post("/contact/", headers={"host": "alice.example"}),
        "Bad Request (BadRequest)": lambda: client.post("/contact/?q=%00alice"),
        "Forbidden (CSRF cookie not set.)": lambda: strict.post("/contact/", {"email": ALICE}),
        "Forbidden (Origin checking failed)": lambda: strict.post(
            "/contact/", headers={"origin": "https://alice.example"}
        ),
        "Method Not Allowed": lambda: client.put("/contact/", ALICE),
        "Not Found": lambda: client.post(f"/careers/{ALICE}/"),
    }


def test_a_refused_request_is_one_line_without_what_it_brought(browser, log, settings):
    for words, send in refused(settings, browser).items():
        log.stream.truncate(0)
        log.stream.seek(0)
        response = send()
        line = log.only()
        assert line["message"].startswith(f"{words}: "), line
        assert line["request_id"] == response["X-Request-Id"]
        assert "alice" not in log.text


def test_a_flood_of_refused_posts_costs_little_of_the_disk(browser, log, settings):
    sends = list(refused(settings, browser).values())
    for send in sends * 5:
        send()
    assert len(log.lines) == len(sends) * 5
    assert len(log.text) / len(log.lines) < 200  # bytes; a traceback has thousands


FORGED = "2026-11-23T10:00:00.000+00:00 INFO privacy [- x] forged"
INJECTED = {
    "a line": f"x\r\n{FORGED}",
    "a line of Unicode": f"x\u2028{FORGED}\x85{FORGED}",
    "the end of a line of JSON": '"}\n{"level": "INFO", "message": "forged"}',
    "a terminal": "\x1b[2J\x1b[31mforged\x9b2J\x07",
    "another direction": "\u202eforged",
    "a format": "%s %(who)s {0}",
}
HEADERS = (
    "HTTP_HOST", "HTTP_REFERER", "HTTP_ORIGIN", "HTTP_USER_AGENT", "HTTP_X_REQUEST_ID", "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO", "HTTP_ACCEPT_LANGUAGE", "HTTP_COOKIE", "HTTP_SEC_GPC", "HTTP_AUTHORIZATION",
    "CONTENT_TYPE", "REMOTE_ADDR", "REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT", "HTTP_X_CSRFTOKEN",
)  # fmt: skip


def _is_line_of_ours(line: str, style: str) -> bool:
    if style == "json":
        return json.loads(line)["message"] != "forged"
    return line.startswith("  ") or bool(LINE.fullmatch(line) and FORGED not in line)


@pytest.mark.parametrize("style", ["", "json"])
@pytest.mark.parametrize("what", INJECTED)
def test_nothing_that_is_sent_passes_for_a_line_of_ours(db, log, style, what, settings, monkeypatch):
    settings.TRUSTED_PROXIES = 1
    log.style(style)
    as_wsgi = f"/{INJECTED[what]}".encode().decode("latin-1")
    for header in HEADERS:
        for path in ("/contact/", "/nowhere/"):
            client = Client(enforce_csrf_checks=True, raise_request_exception=False)
            client.generic("POST", path, b"a=1", **{header: as_wsgi})
    _send_what_fails(INJECTED[what], monkeypatch)
    logging.getLogger("privacy").warning("the scanner says %s", INJECTED[what])
    logging.getLogger("privacy").warning(INJECTED[what])
    lines = log.text.split("\n")[:-1]
    assert len(lines) > 30
    assert [line for line in lines if not _is_line_of_ours(line, style)] == []
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e]", log.text)


def _send_what_fails(value: str, monkeypatch) -> None:
    """The error says what was typed, and what it was about."""

    def fail(*_facts: object, **_named: object) -> None:
        raise RuntimeError(f"no room for {value}")

    with monkeypatch.context() as broken:
        broken.setattr("softnlabs.website.enquiries.enquiries.receive", fail)
        Client(raise_request_exception=False).post("/contact/", {**TYPED, "message": value})
        Client(raise_request_exception=False).post("/contact/", TYPED)


def test_a_client_that_goes_away_is_one_line(browser, log, monkeypatch):
    monkeypatch.setattr(
        "django.core.handlers.wsgi.WSGIRequest._load_post_and_files", _raiser(UnreadablePostError())
    )
    browser.post("/contact/", {"email": ALICE})
    assert len(log.lines) == 1
    assert "(UnreadablePostError)" in log.text


def test_an_error_of_ours_keeps_its_traceback_and_loses_what_was_typed(browser, log, monkeypatch):
    def fail(*_facts: object, **_named: object) -> None:
        raise RuntimeError(f"no room for {TYPED['email']} of 7")

    monkeypatch.setattr("softnlabs.website.enquiries.enquiries.receive", fail)
    assert browser.post("/contact/", TYPED).status_code == 500
    assert "Internal Server Error (RuntimeError): POST /contact/" in log.text
    assert "Traceback" in log.text
    assert TYPED["email"] not in log.text
    assert "no room for <email> of 7" in log.text


CANARY = "Canary-Lefèvre"


CANARY_ERRORS: dict[str, Callable[[], object]] = {
    "a number": lambda: int(CANARY),
    "a key": lambda: {}[CANARY],
    "a day": lambda: datetime.strptime(CANARY, "%Y"),
    "a member": lambda: HTTPStatus(CANARY),
    "an address": lambda: _raise(ValueError(f"no mail for {CANARY}@example.org today")),
    "a refused recipient": lambda: _raise(
        smtplib.SMTPRecipientsRefused({f"{CANARY}@example.org": (550, f"no {CANARY}".encode())})
    ),
    "a field": lambda: IntegerField().clean(CANARY, None),
    "a row": lambda: _raise(
        IntegrityError(f'null value in column "email"\nDETAIL:  Failing row contains (7, {CANARY}).')
    ),
    "a protected row": lambda: _raise(ProtectedError("Cannot delete it", {CANARY})),
    "a query": lambda: User.objects.filter(pk=CANARY).first(),
    "the cause of another": lambda: _raise_from(RuntimeError("it failed"), ValueError(f"not '{CANARY}'")),
}


def _raise(error: Exception) -> None:
    raise error


def _raise_from(error: Exception, cause: Exception) -> None:
    raise error from cause


@pytest.mark.parametrize("style", ["", "json"])
@pytest.mark.parametrize("kind", CANARY_ERRORS)
def test_an_error_of_a_task_or_command_quotes_no_value(db, log, style, kind):
    log.style(style)

    @app.task(name="tests.failing")
    def failing() -> None:
        CANARY_ERRORS[kind]()

    failing.apply()
    del app.tasks["tests.failing"]
    assert "raised unexpected" in log.text
    with pytest.raises(Exception) as caught:  # noqa: PT011 - of each kind
        CANARY_ERRORS[kind]()
    logs.tell_uncaught(caught.type, caught.value, caught.tb)
    assert "ended by an error" in log.text
    assert log.text.count("Traceback") >= 2
    for spelling in (CANARY, json.dumps(CANARY)[1:-1], "Canary"):
        # The source line of a traceback names the constant, never its value.
        assert spelling not in log.text
    if style == "json":
        assert all(json.loads(line)["level"] in {"ERROR", "CRITICAL"} for line in log.lines)


def test_an_error_of_the_program_keeps_the_names_of_the_program(log):
    try:
        None.words  # type: ignore[attr-defined]  # noqa: B018
    except AttributeError:
        logging.getLogger("privacy").exception("failed")
    assert "'NoneType' object has no attribute 'words'" in log.text


def test_what_an_error_of_the_database_says_is_good_json(log):
    log.style("json")
    told = IntegrityError('duplicate key violates "a_key"\nDETAIL:  Key (email)=(x) already exists.')
    try:
        raise told
    except IntegrityError:
        logging.getLogger("privacy").exception("failed")
    (line,) = log.lines
    assert 'duplicate key violates "a_key"' in json.loads(line)["exc_info"]
    assert "DETAIL" not in line


# Who, and in which request ----------------------------------------------------------------------------------


def test_a_line_says_when_and_who_by_a_keyed_hash(clerk, log, settings):
    client = Client()
    actors.sign_in(client, clerk)
    client.get("/admin/privacy/mail/")
    line = log.only()
    assert line["who"] == logs.who(clerk.pk)
    assert line["level"] == "WARNING"
    before = logs.who(clerk.pk)
    settings.PSEUDONYM_KEY = "another key altogether, that nobody knows either"
    assert logs.who(clerk.pk) != before


def test_nobody_is_named_who_is_not_signed_in(browser, log):
    browser.get("/nowhere/")
    assert log.only()["who"] == "-"


def test_the_account_behind_a_line_can_be_found(clerk):
    said = StringIO()
    call_command("who", logs.who(clerk.pk), stdout=said)
    assert said.getvalue() == f"account {clerk.pk}\n"
    with pytest.raises(CommandError):
        call_command("who", logs.who(clerk.pk + 1))


def test_json_holds_the_same_and_nothing_else(clerk, log):
    log.style("json")
    client = Client()
    actors.sign_in(client, clerk)
    response = client.get("/admin/privacy/mail/")
    found = json.loads(log.text)
    assert found.pop("time").endswith("+00:00")
    assert found == {
        "level": "WARNING", "logger": "django.request", "who": logs.who(clerk.pk),
        "request_id": response["X-Request-Id"],
        "message": "Forbidden: GET /admin/privacy/mail/",
    }  # fmt: skip


def test_each_answer_has_an_id_of_its_own(client, db):
    ids = [client.get(path)["X-Request-Id"] for path in ("/", "/", "/nowhere/", "/health/")]
    ids.append(client.trace("/")["X-Request-Id"])
    ids.append(client.get("/", headers={"host": "another.example"})["X-Request-Id"])
    assert len(set(ids)) == 6
    assert all(map(HEX.fullmatch, ids))


@pytest.mark.parametrize(
    ("proxies", "given", "is_taken"),
    [
        (0, "a" * 32, False),
        (1, "a" * 32, True),
        (1, str(UUID(int=7)), True),
        (1, "short", False),
        (1, "a" * 65, False),
        (1, "a" * 20 + "\n" + "b", False),
        (1, "a" * 20 + "@example.org", False),
        (1, "", False),
    ],
)
def test_an_id_from_outside_counts_behind_a_trusted_proxy_alone(settings, proxies, given, is_taken):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", HTTP_X_REQUEST_ID=given)
    assert (request_ids.of(request) == given) is is_taken
    assert request_ids.of(request) == request_ids.of(request)


def test_the_page_of_an_error_shows_the_id_of_its_log_lines(browser, log, monkeypatch):
    monkeypatch.setattr("softnlabs.website.enquiries.enquiries.receive", _raiser(RuntimeError("broken")))
    for path, words in (("/contact/", "give us this number"), ("/fr/contact/", "indiquez-nous ce numéro")):
        response = browser.post(path, TYPED)
        assert response.status_code == 500
        assert words in response.text
        assert response["X-Request-Id"] in response.text
        assert response["X-Request-Id"] in log.text


def test_a_task_goes_on_under_the_id_of_the_request_that_sent_it(db, log, monkeypatch):
    sent: dict[str, Any] = {}
    monkeypatch.setattr(app, "send_task", lambda _name, **facts: sent.update(facts))
    monkeypatch.setattr(task_queue.transaction, "on_commit", lambda send: send())
    with request_ids.working(request_ids.Work("a" * 32)):
        task_queue.enqueue("privacy.mail.tasks.deliver_mail")

    @app.task(name="tests.speaking")
    def speaking() -> None:
        logging.getLogger("privacy").warning("at work")

    for facts, expected in ((sent["headers"], "a" * 32), ({}, "of-the-task")):
        log.stream.truncate(0)
        log.stream.seek(0)
        speaking.push_request(id="of-the-task", **facts)
        speaking()
        speaking.pop_request()
        assert log.only()["request_id"] == expected
    del app.tasks["tests.speaking"]


def test_gunicorn_tells_no_address_of_a_page_or_of_a_visitor(log):
    error = logging.getLogger("gunicorn.error")
    for message, args in (
        ("Invalid request from ip=192.0.2.7: Invalid Request Line 'GET /x/secret'", ()),
        ("Error handling request %s %s", ("GET", "/x/secret")),
        ("Error handling request %s", ("/x/secret",)),
    ):
        error.addHandler(log.handler)
        error.error(message, *args)
        error.removeHandler(log.handler)
    assert "secret" not in log.text
    assert "192.0.2.7" not in log.text
    assert log.text.count("Error handling request") >= 2


def test_a_line_outside_of_any_request_says_so(log):
    logging.getLogger("privacy").warning("%d of %s", 7, "these")
    assert log.only()["message"] == "7 of these"
    assert log.only()["request_id"] == "-"
