"""What a browser may see after it came by a mailed link, and for how long."""

from datetime import datetime
from uuid import UUID

import pytest
from django.contrib.sessions.backends.db import SessionStore

from dsr import letters, passes

pytestmark = pytest.mark.django_db
ALICES, BOBS = UUID(int=1), UUID(int=2)


def test_a_pass_ends_after_its_hours_even_in_a_session_that_goes_on(now: datetime):
    session = SessionStore()
    passes.admit(session, letters.FOLLOW, ALICES, now=now)
    late = now + passes.LASTS
    assert not passes.admits(session, letters.FOLLOW, ALICES, now=late)
    passes.admit(session, letters.FOLLOW, BOBS, now=late)
    assert not passes.admits(session, letters.FOLLOW, ALICES, now=late)
    assert passes.admits(session, letters.FOLLOW, BOBS, now=late)


def test_a_session_that_somebody_planted_before_is_worth_nothing_after(now: datetime):
    planted = SessionStore()
    planted["language"] = "en"
    planted.create()
    session = SessionStore(planted.session_key)
    passes.admit(session, letters.FOLLOW, ALICES, now=now)
    session.save()
    assert session.session_key != planted.session_key
    assert not passes.admits(SessionStore(planted.session_key), letters.FOLLOW, ALICES, now=now)
