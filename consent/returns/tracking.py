"""What a provider reports by its webhook, as django-anymail reads it (signal `tracking`).

Of opens and clicks nothing is read: none is asked for, and none that comes all the same is kept.
"""

from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.utils import timezone

from consent.returns import reports, returns
from consent.returns.reports import Kind, Report
from consent.undeliverable.models import MailReturn
from privacy.mail.provider_backends import MESSAGE

LONGEST = 320  # characters of an address or a Message-ID
OF_THE_WILL = {RejectReason.SPAM: Kind.COMPLAINT, RejectReason.UNSUBSCRIBED: Kind.UNSUBSCRIBED}


def take(sender: object, event: AnymailTrackingEvent, esp_name: str, **facts: Any) -> None:
    """Receiver of the signal. An error answers 500, and the provider reports again."""
    kind = kind_of(event)
    if kind is not None:
        returns.take(_report(kind, event), source=MailReturn.Source.PROVIDER, now=timezone.now())


def kind_of(event: AnymailTrackingEvent) -> str | None:
    """``None`` for what is no return: sent, delivered, late, opened, clicked."""
    if event.event_type == EventType.COMPLAINED:
        return Kind.COMPLAINT
    if event.event_type == EventType.UNSUBSCRIBED:
        return Kind.UNSUBSCRIBED
    if event.event_type not in {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED}:
        return None
    if event.reject_reason in OF_THE_WILL:
        return OF_THE_WILL[event.reject_reason]
    return Kind.PERMANENT if _is_permanent(event) else Kind.TEMPORARY


def _is_permanent(event: AnymailTrackingEvent) -> bool:
    """As the provider says it; where it does not, by the code of the mail server."""
    said = event.esp_event.get("hard_bounce") if hasattr(event.esp_event, "get") else None
    if said is not None:
        return bool(said)
    if event.reject_reason == RejectReason.INVALID:
        return True
    return bool(reports.kind_of(_status(event)) == Kind.PERMANENT)


def _status(event: AnymailTrackingEvent) -> str:
    return reports.status_in(str(event.mta_response or "")[:1000])


def _report(kind: str, event: AnymailTrackingEvent) -> Report:
    own_id = event.metadata.get(MESSAGE) if isinstance(event.metadata, dict) else None
    when = event.timestamp.isoformat() if event.timestamp else ""
    return Report(
        kind,
        str(own_id or event.message_id or "")[:LONGEST],
        str(event.recipient or "")[:LONGEST],
        _status(event),
        mark=when,
    )
