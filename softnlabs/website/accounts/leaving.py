"""Somebody of the staff leaves: their access ends at once."""

from datetime import datetime

from django.db import transaction

from privacy.audit import trail
from softnlabs.website.accounts.models import User


@transaction.atomic
def end_access(user: User, *, now: datetime) -> None:
    """From their next request on they are nobody. Their trainings stay, as long as the journal of their looks."""
    user.leave()
    trail.record("website.account.left", obj=user, now=now)
