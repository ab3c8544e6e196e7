"""Consents given in a form, as far as the page of choices may show them: they are about an address, not a browser.

Who is signed in sees all that the ledger has of the confirmed addresses of their account. Anybody else sees what was
ticked in this browser while its session lasts, without the address: somebody else may sit before it by now.
"""

from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest

from consent.ledger.ledger import Act
from consent.ledger.models import ConsentEvent
from privacy.web import signed_in

KEY: Final = "consent_boxes"
MOST: Final = 20


def remember(request: HttpRequest, *, email: str, given_at: datetime) -> None:
    """Let this browser show the box that was ticked in it a moment ago. `email` is normalised.

    Where the mailbox is asked too often nothing was written; the browser gets a session all the same, or its cookie
    would tell.
    """
    given = ConsentEvent.objects.filter(email=email, act__in=(Act.BOX, Act.ACCOUNT), happened_at=given_at)
    records = [str(record) for record in given.values_list("record", flat=True)]
    request.session[KEY] = [*request.session.get(KEY, ()), *records][-MOST:]


def of_account(request: HttpRequest, *, now: datetime) -> QuerySet[ConsentEvent]:
    """What the ledger has of the addresses of whoever is signed in, latest first."""
    return _rows(now).filter(email__in=signed_in.person(request).emails)


def of_browser(request: HttpRequest, *, now: datetime) -> QuerySet[ConsentEvent]:
    """The boxes that were ticked in this browser, but for those of the account, latest first."""
    rows = _rows(now).filter(record__in=request.session.get(KEY, ()))
    return rows.exclude(email__in=signed_in.person(request).emails)


def _rows(now: datetime) -> QuerySet[ConsentEvent]:
    rows: QuerySet[ConsentEvent] = ConsentEvent.objects.live(now).select_related("wording")
    return rows
