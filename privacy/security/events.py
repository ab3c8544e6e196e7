"""What a request leaves for security: a form sent, a limit reached, something refused. Ordinary pages leave nothing.

Such requests are rare, so each is one insert, after its page is made. A flood is not: what comes from one network
above `MOST_OF_CLIENT` in an hour, and from all together above `MOST`, is counted in memory, and the count is stored at
the 1st, 2nd, 4th, 8th ... of them. Each process counts for itself, so that a flood costs no query to be recognised.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from threading import Lock

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from privacy.security.models import SecurityEvent
from privacy.web import rate_limits, request_facts
from privacy.web.request_facts import Refusal, SentForm

EventKind = SecurityEvent.EventKind
MOST_OF_CLIENT = 60  # rows an hour: the forms of a whole office, and not those of a program
MOST = 2000
EVERYBODY = ""  # what all clients together are counted as, once MOST is reached
REFUSED_ALWAYS = {400, 403, 410}
FORBIDDEN, NOT_FOUND, METHOD_REFUSED, SERVER_FAILED = 403, 404, 405, 500
log = logging.getLogger(__name__)


class Intake:
    """How many events this process stored in this hour, and how many more there were."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.begin(None)

    def begin(self, hour: datetime | None) -> None:
        self.hour, self.stored = hour, 0
        self._stored_of, self._counted_of = Counter[str](), Counter[str]()

    def admit(self, client: str, *, now: datetime) -> bool:
        """Whether one more event of ``client`` is stored by itself."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        with self._lock:
            if hour != self.hour:
                self.begin(hour)
            if self.stored >= MOST or self._stored_of[client] >= MOST_OF_CLIENT:
                return False
            self.stored += 1
            self._stored_of[client] += 1
            return True

    def count(self, client: str) -> tuple[str, int]:
        """Count one that is not stored by itself: of whom, and how many of them a row has to stand for now."""
        with self._lock:
            whose = EVERYBODY if self.stored >= MOST else client
            self._counted_of[whose] += 1
            number = self._counted_of[whose]
        return whose, number - number // 2 if number.bit_count() == 1 else 0


intake = Intake()


def record(request: HttpRequest, response: HttpResponse, reached: Sequence[str], *, now: datetime) -> None:
    """Store what this request leaves, if anything; ``reached`` are the limits that it reached. Never fails.

    A request without a network address is nobody's: the site asks for its own pages so.
    """
    event, address = _event(request, response, reached), request_facts.address(request)
    if event is None or address is None:
        return
    client = rate_limits.client(request)
    if not intake.admit(client, now=now):
        _count(client, address, now)
        return
    event.at, event.address, event.account = now, address, _account(request)
    _save(event)


def _event(request: HttpRequest, response: HttpResponse, reached: Sequence[str]) -> SecurityEvent | None:
    match = request.resolver_match
    status = FORBIDDEN if Refusal.of(request).is_hidden else response.status_code
    page = SentForm.of(request).page or _page(request)
    if reached:
        return SecurityEvent(kind=EventKind.LIMIT, page=page, limit=reached[0])
    if _is_refused(request, status):
        return SecurityEvent(kind=EventKind.REFUSED, page=page, status=status)
    is_form = request.method == "POST" and match is not None and status < SERVER_FAILED
    return SecurityEvent(kind=EventKind.FORM, page=page) if is_form else None


def _page(request: HttpRequest) -> str:
    """Empty without a match: then nobody knows which part of the address gives access to something."""
    return request_facts.page(request)[:300] if request.resolver_match else ""


def _is_refused(request: HttpRequest, status: int) -> bool:
    """An address that does not exist, or that a browser reloads by another method, is a slip of ordinary people."""
    match = request.resolver_match
    if status == NOT_FOUND:
        return match is not None and request_facts.gives_access(match)
    return status in REFUSED_ALWAYS or (status == METHOD_REFUSED and match is None)


def _count(client: str, address: str, now: datetime) -> None:
    whose, number = intake.count(client)
    if number:
        shown = None if whose == EVERYBODY else address
        _save(SecurityEvent(at=now, kind=EventKind.MORE, times=number, address=shown))


def _save(event: SecurityEvent) -> None:
    try:
        event.save()
    except (DatabaseError, ValueError) as error:
        log.error("a security event could not be stored (%s)", type(error).__name__)


def _account(request: HttpRequest) -> int | None:
    """Of whoever is signed in; a database that is away tells nobody."""
    user = getattr(request, "user", None)
    try:
        return user.pk if user is not None and user.is_authenticated else None
    except DatabaseError:
        return None
