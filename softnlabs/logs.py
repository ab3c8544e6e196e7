"""Log lines: when, how grave, who, in which request, and what happened, without personal data and without tokens.

* An address is written as its pattern: a part of it may open somebody's request.
* Database errors quote the values of a row, other errors what somebody typed: such values are left out. In a request
  we know what was typed. In a task or a command we do not, so everything in quotation marks and every address of a
  mailbox goes.
* A refused request is one line. Its traceback would tell nothing, and a flood of them fill the disk.
* Who acts is a keyed hash of the number of the account: lines of one person can be put together, and
  `manage.py who` finds whose they are, but whoever comes upon a log knows nobody.
"""

import copy
import json
import logging
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from types import TracebackType

import psycopg2
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import DataError, Error
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, HttpRequest, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from pythonjsonlogger.json import JsonFormatter

from privacy.datamap import subjects
from privacy.web import request_facts, request_ids

LINE = "%(asctime)s %(levelname)s %(name)s [%(who)s %(request_id)s] %(message)s"
IN_JSON = ("time", "level", "logger", "who", "request_id", "message", "exc_info", "stack_info")
NOBODY = "-"
WHO_DIGITS = 16
# What a client can cause by what it sends, or by going away: never a fault of ours.
REFUSALS = (
    BadRequest, Http404, MultiPartParserError, PermissionDenied, SuspiciousOperation, UnreadablePostError,
)  # fmt: skip
CSRF = "django.security.csrf"
# How lines of gunicorn begin that go on with an address, a header or an IP address.
FROM_OUTSIDE = ("Invalid request", "Error handling request")
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"}
# Errors of a program or of a database quote names of ours: fields, functions, constraints.
NAMING = (AttributeError, ImportError, NameError, TypeError, Error, psycopg2.Error)
QUOTED = re.compile(
    r"""(?:(?<!\w)|(?<=\bb))'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|“[^”]*”|«[^»]*»|‘[^’]*’""", re.DOTALL
)
MAILBOX = re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;:]+")
INDENTED = "\n  "
# What means something to a terminal, or turns the writing round. A tab does no harm.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
SHORTEST = 3  # a value of one or two signs is in every word, and says nothing


def who(account: object) -> str:
    """Under which name the account of that number stands in log lines."""
    return subjects.pseudonym("log", account)[:WHO_DIGITS]


class RedactingFormatter(logging.Formatter):
    """Lines for people."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(_described(record))
        request = _request_of(record)
        for error in _chain(record.exc_info[1] if record.exc_info else None):
            text = _without(text, error, request)
        return self._laid_out(text)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 as logging calls it
        """ISO 8601, in UTC, to the millisecond."""
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def _laid_out(self, text: str) -> str:
        """What goes on below a line is indented, so that nothing in it passes for a line of ours."""
        return INDENTED.join(CONTROLS.sub(_escaped, line) for line in text.splitlines())


class JsonLines(RedactingFormatter, JsonFormatter):
    """Lines for programs: one JSON object each. Whatever else a library hangs on a line stays out."""

    def _laid_out(self, text: str) -> str:
        """JSON escapes whatever could end a line or mean something to a terminal."""
        return text

    def process_log_record(self, log_data: dict[str, object]) -> dict[str, object]:
        return {name: log_data[name] for name in IN_JSON if name in log_data}


def _escaped(found: re.Match[str]) -> str:
    return repr(found[0])[1:-1]


def formatter(style: str) -> RedactingFormatter:
    """The formatter of that style: ``json``, or anything else for lines that people read."""
    if style != "json":
        return RedactingFormatter(LINE)
    return JsonLines(LINE, rename_fields={"asctime": "time", "levelname": "level", "name": "logger"})


def tell_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What ends a command goes through the log: Python itself would print every value that the error quotes."""
    if issubclass(kind, Exception):
        logging.getLogger(__name__).critical("ended by an error", exc_info=(kind, error, trace))
    else:
        sys.__excepthook__(kind, error, trace)


def _request_of(record: logging.LogRecord) -> HttpRequest | None:
    """Django gives the request along with what it refused; other lines belong to the one that is being answered."""
    given, work = getattr(record, "request", None), request_ids.current()
    return given if isinstance(given, HttpRequest) else work.request if work else None


def _described(record: logging.LogRecord) -> logging.LogRecord:
    """A copy with what our lines have besides the message."""
    told, request, work = copy.copy(record), _request_of(record), request_ids.current()
    told.who = _who(request)
    told.request_id = request_ids.of(request) if request else work.id if work else NOBODY
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, REFUSALS):
        told.exc_info = told.exc_text = None
    if isinstance(getattr(record, "request", None), HttpRequest):
        told.msg, told.args = _of_answer(record, error), ()
    elif begin := next((begin for begin in FROM_OUTSIDE if str(record.msg).startswith(begin)), None):
        told.msg, told.args = begin, ()
    return told


def _who(request: HttpRequest | None) -> str:
    """Only what the request knows already: a line in a log asks the database nothing."""
    user = vars(request).get("_cached_user") if request else None
    return who(user.pk) if user is not None and user.is_authenticated else NOBODY


def _of_answer(record: logging.LogRecord, error: BaseException | None) -> str:
    """What Django tells of a request that it refused, or failed to answer; its own words hold values of headers."""
    request: HttpRequest = record.request  # type: ignore[attr-defined]
    kind = HTTPStatus(getattr(record, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)).phrase
    why = type(error).__name__ if error else _why_forged(record)
    method = request.method if request.method in METHODS else "?"
    return f"{kind}{f' ({why})' if why else ''}: {method} {request_facts.route(request)}"


def _why_forged(record: logging.LogRecord) -> str:
    """What is wrong with a form that may come from another site, without the header that shows it."""
    reason = record.args[0] if record.name == CSRF and isinstance(record.args, tuple) else ""
    return str(reason).partition(" - ")[0]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, its cause, the cause of that, and so on."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _without(text: str, error: BaseException, request: HttpRequest | None) -> str:
    """``text`` with what ``error`` says in it, but for values."""
    told = _told(error)
    kind = _kind(error) if isinstance(error, Error | psycopg2.Error) else told
    for value, name in _values(request):
        kind = kind.replace(value, f"<{name}>")
    if not isinstance(error, NAMING):
        kind = QUOTED.sub("…", kind)
    kind = MAILBOX.sub("…", kind)
    for written, safe in zip(_spellings(told), _spellings(kind), strict=True):
        text = text.replace(written, safe) if written else text
    return text


def _spellings(told: str) -> tuple[str, str, str, str]:
    """As a traceback and a message write it, and as JSON writes these two."""
    in_code = repr(told)[1:-1]
    return told, in_code, json.dumps(told)[1:-1], json.dumps(in_code)[1:-1]


def _told(error: BaseException) -> str:
    """An error that cannot say what it is must not stop the line."""
    try:
        return str(error)
    except Exception:
        return ""


def _kind(error: BaseException) -> str:
    """PostgreSQL quotes values in the lines after the first, and in that one too where one has the wrong type."""
    if isinstance(error, ProtectedError | RestrictedError):  # they name the rows
        return str(error.args[0])
    kind = str(error).partition("\n")[0]
    is_of_value = isinstance(error, DataError | psycopg2.DataError)
    return kind.partition('"')[0] + "…" if is_of_value else kind


def _values(request: HttpRequest | None) -> Iterator[tuple[str, str]]:
    """What came with the request, longest first, each with its name: parts of the address, query, form."""
    if request is None:
        return
    match = request.resolver_match
    found = {request.path_info: "address", **{value: name for name, value in _parts(request)}}
    if match is not None:
        found |= {value: name for name, value in request_facts.secret_parts(match).items()}
    yield from (
        (value, found[value]) for value in sorted(found, key=len, reverse=True) if len(value) >= SHORTEST
    )


def _parts(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Of a form only what was read already: a line in a log reads nothing from the client."""
    for fields in (request.GET, vars(request).get("_post", QueryDict())):
        yield from ((name, str(value)) for name, values in fields.lists() for value in values)
