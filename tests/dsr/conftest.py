"""What tests of requests share."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine

from dsr.requests.models import SubjectRequest
from tests import holdings as made
from tests.dsr.factories import make_request


@pytest.fixture
def today(now: datetime) -> Iterator[time_machine.Traveller]:
    """The clock stands at ``now``; a test may move it."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def subject_request(now: datetime) -> SubjectRequest:
    """Alice asks for a copy of her data."""
    return make_request(now)


@pytest.fixture
def alice(now: datetime) -> made.SamplePerson:
    """Somebody known for a month."""
    return made.person("alice", now - timedelta(days=30))


@pytest.fixture
def bob(now: datetime) -> made.SamplePerson:
    """Somebody else, who must never appear."""
    return made.person("bob", now - timedelta(days=30))
