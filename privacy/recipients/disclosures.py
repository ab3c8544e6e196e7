"""Disclosures: data about one person given to an authority, or to defend a right (clause 7 of the policy)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from privacy.audit import trail
from privacy.datamap.subjects import fingerprint
from privacy.recipients.models import Disclosure


def disclose(
    *,
    email: str,
    recipient: str,
    ground: str,
    provision: str,
    categories: Sequence[str],
    at: datetime,
    now: datetime,
) -> Disclosure:
    """Register a disclosure made at `at`. Of `email` (normalised) only the pseudonym is stored."""
    about = fingerprint(email)
    with transaction.atomic():
        entered = Disclosure(
            about=about,
            recipient=recipient,
            ground=ground,
            provision=provision,
            categories=list(categories),
            at=at,
            decided_by=trail.actor(),
        )
        entered.save()
        trail.record(
            "privacy.disclosure.entered", now=now, obj=entered, about=about, detail={"ground": ground}
        )
    return entered
