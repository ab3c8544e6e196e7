"""How often somebody may do the same thing: token buckets in PostgreSQL, so that all processes count together.

A bucket knows what it counts (an address, a network) by its fingerprint alone: the table tells nobody who came. It is
stored as the instant at which it will be full again, so one statement both asks and takes.
"""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from privacy.datamap import subjects
from privacy.web import request_facts
from privacy.web.models import Bucket

# An instant later than that of an empty bucket was written while the clock was ahead: it is ignored.
TAKE = """
INSERT INTO privacy_bucket AS bucket ("limit", about, full_at) VALUES (%(limit)s, %(about)s, %(now)s + %(one)s)
ON CONFLICT (about, "limit") DO UPDATE
SET full_at = %(one)s + CASE WHEN bucket.full_at BETWEEN %(now)s AND %(now)s + %(whole)s
    THEN bucket.full_at ELSE %(now)s END
WHERE bucket.full_at + %(one)s <= %(now)s + %(whole)s OR bucket.full_at > %(now)s + %(whole)s
"""

_reached: ContextVar[list[str] | None] = ContextVar("reached", default=None)


@dataclass(frozen=True)
class RateLimit:
    """At most ``times`` at once; the bucket is full again after ``within``."""

    name: str
    times: int
    within: timedelta

    def take(self, value: str, *, now: datetime) -> bool:
        """Take one for ``value`` (normalised); false when there is none left, and then nothing is taken."""
        one = self.within / self.times
        # ``one`` times ``times`` may exceed ``within`` by a rounded microsecond each.
        who = {"limit": self.name, "about": subjects.fingerprint(value)}
        facts: dict[str, Any] = {**who, "now": now, "one": one, "whole": one * self.times}
        with connection.cursor() as cursor:
            cursor.execute(TAKE, facts)
            is_taken = bool(cursor.rowcount)
        if not is_taken and (reached := _reached.get()) is not None:
            reached.append(self.name)
        return is_taken


@contextmanager
def watching() -> Iterator[list[str]]:
    """The names of the limits that are reached meanwhile: what a request reached, whichever code asked."""
    reached: list[str] = []
    before = _reached.set(reached)
    try:
        yield reached
    finally:
        _reached.reset(before)


# A form that confirms by mail can be filled in with anybody's address: it must not become a way to flood them.
ACKNOWLEDGEMENTS = RateLimit("privacy.acknowledgement.mailbox", 5, timedelta(hours=1))

# A whole school may be behind one network; a script that fills in forms gets no further than this either.
FORMS_OF_CLIENT = RateLimit("privacy.form.client", 30, timedelta(hours=1))
# Each document is examined, whether the form around it is right or not.
UPLOADS_OF_CLIENT = RateLimit("privacy.upload.client", 40, timedelta(hours=1))
TOO_OFTEN = _(
    "Very many forms came from your network within an hour. This one was not sent. What you typed is still here: "
    "please send it again in a few minutes, or write to us."
)


def is_too_often(form: BaseForm, request: HttpRequest, *, now: datetime) -> bool:
    """Whether too many forms come from this network; ``form`` then carries the error, with all that was typed."""
    if FORMS_OF_CLIENT.take(client(request), now=now):
        return False
    form.add_error(None, TOO_OFTEN)
    return True


def client(request: HttpRequest) -> str:
    """Where a request comes from: an IPv4 address, or the /64 network that one IPv6 household has."""
    text = request_facts.address(request)
    if text is None:
        return ""
    found = ipaddress.ip_address(text)
    return text if found.version == 4 else str(ipaddress.ip_network((text, 64), strict=False))


def delete_expired(*, now: datetime) -> int:
    """Delete the buckets that are full again; returns how many."""
    deleted, _by_model = Bucket.objects.filter(full_at__lte=now).delete()
    return deleted
