"""Somebody of the staff leaves: their access ends at once."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from privacy.audit import trail
from softnlabs.website.accounts.models import User


@transaction.atomic
def end_access(user: User, *, now: datetime) -> None:
    """From their next request on they are nobody. Their trainings stay, as long as the journal of their looks.

    Their second factor goes too: nothing is left that they could show, should the account be opened again.
    """
    user.leave()
    Authenticator.objects.filter(user=user).delete()
    trail.record("website.account.left", obj=user, now=now)
