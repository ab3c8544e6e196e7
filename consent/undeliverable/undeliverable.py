"""When commercial mail to an address ends because it comes back. What somebody asked for is answered all the same."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from consent.undeliverable.models import MailReturn, StoppedAddress
from privacy.datamap import subjects

Reason = StoppedAddress.Reason
# A mailbox that is full today may be emptied tomorrow; one that takes nothing for weeks is not read.
TEMPORARY_RETURNS = 4
TEMPORARY_WITHIN = timedelta(days=60)


def is_stopped(email: str) -> bool:
    """``email`` is normalised."""
    return StoppedAddress.objects.filter(fingerprint=subjects.fingerprint(email)).exists()


def stopped(column: str = "fingerprint") -> Q:
    """Rows whose address is stopped; ``column`` holds the keyed hash of their normalised address."""
    return Q(Exists(StoppedAddress.objects.filter(fingerprint=OuterRef(column))))


def stop(email: str, *, reason: str, now: datetime) -> None:
    facts = {"reason": reason, "stopped_at": now}
    StoppedAddress.objects.update_or_create(fingerprint=subjects.fingerprint(email), defaults=facts)


def lift(email: str) -> None:
    """The owner answered from the mailbox: it takes mail again, and what came back before counts no longer."""
    who = subjects.fingerprint(email)
    StoppedAddress.objects.filter(fingerprint=who).delete()
    MailReturn.objects.filter(fingerprint=who, kind=MailReturn.Kind.TEMPORARY).delete()


def stop_if_repeated(email: str, *, now: datetime) -> bool:
    """After several messages within a period that could not be delivered."""
    recent = MailReturn.objects.filter(
        fingerprint=subjects.fingerprint(email),
        kind=MailReturn.Kind.TEMPORARY,
        returned_at__gt=now - TEMPORARY_WITHIN,
    )
    if recent.count() < TEMPORARY_RETURNS:
        return False
    stop(email, reason=Reason.REPEATED, now=now)
    return True
