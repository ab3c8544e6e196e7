from collections.abc import Iterator
from datetime import datetime

import pytest

from privacy.audit import trail
from softnlabs.website.pages import published, starting_content


@pytest.fixture
def written(db: None, now: datetime) -> Iterator[None]:
    """The pages that a new site starts with, published half a year before today."""
    published.invalidate()
    with trail.acting("system", "test"):
        starting_content.load(now=datetime(2026, 6, 1, tzinfo=now.tzinfo))
    yield
    published.invalidate()
