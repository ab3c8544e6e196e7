"""Sign-ins, successful or failed; and what one IP address did, for security staff alone.

A sign-in costs a slow password hash anyway, so it is inserted at once and not by the spool of visits.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone

from privacy.audit import trail
from privacy.datamap.subjects import fingerprint, normalise_email
from privacy.datamap.usable import usable, without_objections
from privacy.sign_ins.models import SignIn
from privacy.visits.counting_models import PERIOD, RecordingObjection
from privacy.visits.models import Visit
from privacy.web import request_facts

MOST = 200  # rows of each kind on the page


@dataclass(frozen=True)
class AddressActivity:
    """Newest first, at most `MOST` of each."""

    visits: list[Visit]
    sign_ins: list[SignIn]


def record(
    *, typed: str, account: int | None, is_accepted: bool, request: HttpRequest | None, now: datetime
) -> None:
    """Record one attempt with the address that was `typed`."""
    about = ""
    with suppress(ValueError):
        about = fingerprint(normalise_email(typed))
    SignIn.objects.create(
        at=now,
        account=account,
        about=about,
        address=request_facts.address(request) if request else None,
        is_accepted=is_accepted,
    )


def note_accepted(
    sender: type[AbstractBaseUser], request: HttpRequest | None, user: AbstractBaseUser, **_facts: object
) -> None:
    """Receiver of `user_logged_in`."""
    record(typed=user.get_username(), account=user.pk, is_accepted=True, request=request, now=timezone.now())


def note_refused(
    sender: str, credentials: Mapping[str, object], request: HttpRequest | None = None, **_facts: object
) -> None:
    """Receiver of `user_login_failed`."""
    typed = str(credentials.get("username") or "")
    record(typed=typed, account=None, is_accepted=False, request=request, now=timezone.now())


def look_up(address: str, *, sees_restricted: bool, now: datetime) -> AddressActivity:
    """What `address` did in the last six months. Audited, with a pseudonym of the address.

    Rows of people whose data may only be stored (GDPR article 18) and of browsers that objected are included only
    with `sees_restricted`.
    """
    here = {"address": address, "at__gt": PERIOD.earliest(now)}
    visits, tries = Visit.objects.filter(**here).order_by("-at"), SignIn.objects.filter(**here)
    if sees_restricted:
        visits, tries = without_objections(visits.live(now)), without_objections(tries.live(now))
    else:
        objecting = RecordingObjection.objects.values("visitor")
        visits, tries = usable(visits.exclude(visitor__in=objecting), now), usable(tries, now)
    seen = AddressActivity(list(visits[:MOST]), list(tries[:MOST]))
    counts: dict[str, str | int | bool | None] = {"visits": len(seen.visits), "sign_ins": len(seen.sign_ins)}
    trail.record(
        "privacy.signin.address_looked_up", now=now, detail={"address": fingerprint(address), **counts}
    )
    return seen
