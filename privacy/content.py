"""The ground floor's starting content; what is there already stays as it is."""

from datetime import datetime

from privacy import activities, entities, hosting, policy


def load(*, now: datetime) -> None:
    """The first policy, the company, its hosting places, the sheets of the register."""
    entities.load(now=now)
    hosting.load(now=now)
    activities.load(now=now)
    policy.publish_first(now=now)
