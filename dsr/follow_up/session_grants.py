"""What a browser may see: a mailed link is swapped for a pass in its session, for some hours.

Doors are the kinds of links (see `letters`). Coming by a link to the request opens its download too, never the
other way round: the code for the download stands on the request's page.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from dsr.messages import emails
from privacy.web import signed_links

LASTS = timedelta(hours=12)
CARRIED = "dsr_link_{}"
PASSES = "dsr_passes"
OPENS = {emails.FOLLOW: {emails.FOLLOW, emails.PACKAGE}, emails.PACKAGE: {emails.PACKAGE}}


def carry(session: SessionBase, door: str, token: str, *, now: datetime) -> UUID | None:
    """Take a token out of the address and into the session, until the button is pressed. A bad one is dropped.

    Returns the request whose link it was when its time is over: on its page a new one can be asked for.
    """
    session.pop(CARRIED.format(door), None)
    try:
        signed_links.read(door, token, now=now)
    except signed_links.ExpiredLinkError as over:
        return UUID(over.value if door == emails.CONFIRM else over.value[0])
    except signed_links.BadLinkError:
        return None
    session[CARRIED.format(door)] = token
    return None


def carried(session: SessionBase, door: str, *, now: datetime) -> Any:
    """What the carried token holds. Raises :class:`links.BadLinkError`, also when there is none."""
    return signed_links.read(door, session.get(CARRIED.format(door), ""), now=now)


def admit(session: SessionBase, door: str, request_id: UUID, *, now: datetime) -> None:
    """Open `door` of one request to this browser. The session gets a new key, as at a sign-in."""
    session.cycle_key()
    for used in (emails.CONFIRM, door):
        session.pop(CARRIED.format(used), None)
    ends = int((now + LASTS).timestamp())
    session[PASSES] = {**session.get(PASSES, {}), f"{door} {request_id}": ends}


def admits(session: SessionBase, door: str, request_id: UUID, *, now: datetime) -> bool:
    """Whether this browser holds a pass for `door` of that request."""
    held = session.get(PASSES, {})
    keys = [f"{other} {request_id}" for other, opened in OPENS.items() if door in opened]
    return any(held.get(key, 0) > now.timestamp() for key in keys)
