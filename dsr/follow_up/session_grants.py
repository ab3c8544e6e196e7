"""What a browser may see: a mailed link is exchanged for a grant in its session, for some hours.

Link kinds stand in `emails`. A link to the request opens its download too, but never the other way round: the code
for the download stands on the request's page.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from dsr.messages import emails
from privacy.web import signed_links

GRANT_LASTS = timedelta(hours=12)
LINK_KEY = "dsr_link_{}"
SESSION_GRANTS = "dsr_session_grants"
OPENS = {emails.FOLLOW: {emails.FOLLOW, emails.PACKAGE}, emails.PACKAGE: {emails.PACKAGE}}


def store_token(session: SessionBase, link_kind: str, token: str, *, now: datetime) -> UUID | None:
    """Move a token from the address into the session, until the button is pressed. A bad one is dropped.

    Returns the request of an expired link: on its page a new one can be asked for.
    """
    session.pop(LINK_KEY.format(link_kind), None)
    try:
        signed_links.read(link_kind, token, now=now)
    except signed_links.ExpiredLinkError as over:
        return UUID(over.value if link_kind == emails.CONFIRM else over.value[0])
    except signed_links.BadLinkError:
        return None
    session[LINK_KEY.format(link_kind)] = token
    return None


def link_token(session: SessionBase, link_kind: str) -> str:
    """The stored token; empty where there is none."""
    return str(session.get(LINK_KEY.format(link_kind), ""))


def stored_token(session: SessionBase, link_kind: str, *, now: datetime) -> Any:
    """What the stored token holds. Raises :class:`signed_links.BadLinkError`, also when there is none."""
    return signed_links.read(link_kind, link_token(session, link_kind), now=now)


def grant(session: SessionBase, link_kind: str, request_id: UUID, *, now: datetime) -> None:
    """Open `link_kind` of one request to this browser. The session gets a new key, as when somebody signs in."""
    session.cycle_key()
    for used in (emails.CONFIRM, link_kind):
        session.pop(LINK_KEY.format(used), None)
    ends = int((now + GRANT_LASTS).timestamp())
    session[SESSION_GRANTS] = {**session.get(SESSION_GRANTS, {}), f"{link_kind} {request_id}": ends}


def is_granted(session: SessionBase, link_kind: str, request_id: UUID, *, now: datetime) -> bool:
    held = session.get(SESSION_GRANTS, {})
    keys = [f"{other} {request_id}" for other, opened in OPENS.items() if link_kind in opened]
    return any(held.get(key, 0) > now.timestamp() for key in keys)
