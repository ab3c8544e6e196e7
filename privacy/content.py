"""The ground floor's starting content; what is there already stays as it is."""

from datetime import datetime

from privacy import entities, hosting, policy, register


def load(*, now: datetime) -> None:
    """The first policy, the company, its hosting places, the sheets of the register."""
    entities.load(now=now)
    hosting.load(now=now)
    register.load(now=now)
    policy.publish_first(now=now)
