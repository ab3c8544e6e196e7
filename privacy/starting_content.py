"""What a new site starts with. Existing rows are left alone."""

from datetime import datetime

from privacy.companies import entities, hosting
from privacy.policy import publishing
from privacy.register import activities


def load(*, now: datetime) -> None:
    """The company, its hosting places, the sheets of the register, and the first policy."""
    entities.load(now=now)
    hosting.load(now=now)
    activities.load(now=now)
    publishing.publish_first(now=now)
