"""What a browser may see after it came by a mailed link, and for how long."""

from datetime import datetime
from uuid import UUID

import pytest
from django.contrib.sessions.backends.db import SessionStore

from dsr.follow_up import session_grants
from dsr.messages import emails

pytestmark = pytest.mark.django_db
ALICES, BOBS = UUID(int=1), UUID(int=2)


def test_a_grant_ends_after_its_hours_even_in_a_session_that_goes_on(now: datetime):
    session = SessionStore()
    session_grants.grant(session, emails.FOLLOW, ALICES, now=now)
    late = now + session_grants.GRANT_LASTS
    assert not session_grants.is_granted(session, emails.FOLLOW, ALICES, now=late)
    session_grants.grant(session, emails.FOLLOW, BOBS, now=late)
    assert not session_grants.is_granted(session, emails.FOLLOW, ALICES, now=late)
    assert session_grants.is_granted(session, emails.FOLLOW, BOBS, now=late)


def test_a_session_that_somebody_planted_before_is_worth_nothing_after(now: datetime):
    planted = SessionStore()
    planted["language"] = "en"
    planted.create()
    session = SessionStore(planted.session_key)
    session_grants.grant(session, emails.FOLLOW, ALICES, now=now)
    session.save()
    assert session.session_key != planted.session_key
    assert not session_grants.is_granted(SessionStore(planted.session_key), emails.FOLLOW, ALICES, now=now)
