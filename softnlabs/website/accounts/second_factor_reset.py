"""When a second factor and its recovery codes are lost: taken off by the controller, or by whoever runs the server."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from privacy.audit import trail
from privacy.datamap.registry import holding
from privacy.mail import outbox
from softnlabs.website.accounts import sessions
from softnlabs.website.accounts.models import User


@transaction.atomic
def reset(account: User, *, language: str, now: datetime) -> None:
    """`account` sets up another one before the desk opens again. Its sessions end, and its owner is told."""
    Authenticator.objects.filter(user=account).delete()
    trail.record("website.second_factor.reset", obj=account, about=holding(User).pseudonym(account), now=now)
    sessions.end(sessions.of(account, now=now), account, now=now)
    outbox.send("second_factor_reset", to=account.email, language=language, context={}, now=now)
