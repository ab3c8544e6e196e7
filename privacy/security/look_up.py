"""What one IP address did, for security staff alone. Visits have no address, so none is found by one."""

from dataclasses import dataclass
from datetime import datetime

from privacy.audit import trail
from privacy.datamap.subjects import fingerprint
from privacy.datamap.usable import usable
from privacy.security.models import PERIOD, SecurityEvent, SignIn

MOST = 200  # rows of each kind on the page


@dataclass(frozen=True)
class AddressActivity:
    """Newest first, at most `MOST` of each."""

    sign_ins: list[SignIn]
    events: list[SecurityEvent]


def look_up(address: str, *, sees_restricted: bool, now: datetime) -> AddressActivity:
    """What `address` did in the last six months. Audited, with a pseudonym of the address.

    Rows of people whose data may only be stored (GDPR article 18) are included only with `sees_restricted`.
    """
    here = {"address": address, "at__gt": PERIOD.earliest(now)}
    sign_ins, events = SignIn.objects.filter(**here), SecurityEvent.objects.filter(**here)
    if sees_restricted:
        sign_ins, events = sign_ins.live(now), events.live(now)
    else:
        sign_ins, events = usable(sign_ins, now), usable(events, now)
    seen = AddressActivity(list(sign_ins[:MOST]), list(events[:MOST]))
    counts: dict[str, str | int | bool | None] = {"sign_ins": len(seen.sign_ins), "events": len(seen.events)}
    trail.record(
        "privacy.signin.address_looked_up", now=now, detail={"address": fingerprint(address), **counts}
    )
    return seen
