"""The ground floor's starting content; what is there already stays as it is."""

from datetime import datetime

from privacy.companies import entities, hosting
from privacy.policy import publishing
from privacy.register import activities


def load(*, now: datetime) -> None:
    """The first policy, the company, its hosting places, the sheets of the register."""
    entities.load(now=now)
    hosting.load(now=now)
    activities.load(now=now)
    publishing.publish_first(now=now)
