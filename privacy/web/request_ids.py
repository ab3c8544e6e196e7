"""The id of each request: it is in the log lines that the request causes, and in its answer.

A task goes on under the id of the request that sent it, else under its own.
"""

import re
import uuid
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from privacy.web.request_facts import RequestAttribute

HEADER = "X-Request-Id"
SHAPE = re.compile(r"[A-Za-z0-9-]{16,64}")


@dataclass(frozen=True, slots=True)
class Work:
    """What this thread is doing. ``request`` is ``None`` in a task."""

    id: str
    request: HttpRequest | None = None


@dataclass(slots=True)
class _Numbered(RequestAttribute):
    """The id that a request has, once it was asked for."""

    id: str = ""


_work: ContextVar[Work | None] = ContextVar("work", default=None)


class _Working:
    """A context manager. Not a generator, since that is slower and every page goes through one."""

    __slots__ = ("_before", "_now")

    def __init__(self, work: Work) -> None:
        self._now = work

    def __enter__(self) -> None:
        self._before = _work.set(self._now)

    def __exit__(self, *_error: object) -> None:
        _work.reset(self._before)


def working(work: Work) -> _Working:
    """Until its end this thread does ``work``."""
    return _Working(work)


def current() -> Work | None:
    """What this thread is doing now, if anything: ``None`` between requests and in commands."""
    return _work.get()


def current_id() -> str:
    """Empty where nothing has an id."""
    work = _work.get()
    return work.id if work else ""


def of(request: HttpRequest) -> str:
    """The id of ``request``: what a trusted proxy gave it, otherwise one of ours: a stranger's counts for nothing."""
    numbered = _Numbered.of(request)
    if not numbered.id:
        given = request.headers.get(HEADER, "") if settings.TRUSTED_PROXIES else ""
        numbered.id = given if SHAPE.fullmatch(given) else uuid.uuid4().hex
    return numbered.id
