"""What follows from a report: the address is stopped, the person is heard, figures rise. Each report counts once."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from consent.ledger.ledger import Act
from consent.mailings.models import Delivery
from consent.prospecting import prospecting
from consent.prospecting.models import Prospect
from consent.returns.reports import Kind, Report
from consent.undeliverable import undeliverable
from consent.undeliverable.models import MailReturn
from privacy.datamap import subjects
from privacy.mail import outbox
from privacy.mail.models import Mail


@dataclass(frozen=True)
class _Sent:
    """What we know of the message, and of whom it went to (normalised)."""

    email: str
    language: str
    delivery: Delivery | None = None
    mail: Mail | None = None


def take(report: Report, *, source: str, now: datetime) -> bool:
    """Whether the report is new and about somebody we wrote to, or may write to. Another one leaves no trace."""
    sent = _find(report, now)
    if sent is None:
        return False
    with transaction.atomic():
        _row, is_new = MailReturn.objects.get_or_create(
            digest=_digest(report, sent.email),
            defaults={
                "fingerprint": subjects.fingerprint(sent.email),
                "kind": report.kind,
                "status": report.status[:12],
                "source": source,
                "returned_at": now,
            },
        )
        if is_new:
            _follow(report.kind, sent, now)
    return is_new


def _find(report: Report, now: datetime) -> _Sent | None:
    """By the Message-ID; where that is none of ours, by an address that we may write to."""
    delivery = Delivery.objects.live(now).with_message_id(report.message_id).first()
    if delivery is not None:
        return _Sent(delivery.email, delivery.language, delivery=delivery)
    mail = outbox.find(report.message_id, now=now)
    if mail is not None:
        return _Sent(mail.to, mail.language, mail=mail)
    try:
        email = subjects.normalise_email(report.recipient)
    except ValueError:
        return None
    prospect = Prospect.objects.live(now).filter(email=email).first()
    return _Sent(email, prospect.language) if prospect else None


def _digest(report: Report, email: str) -> str:
    """The same report again, from another place or in another form, has the same."""
    about = report.message_id.strip().strip("<>") or report.mark
    return hashlib.sha256(subjects.fingerprint(f"{report.kind} {about} {email}").encode()).hexdigest()


def _follow(kind: str, sent: _Sent, now: datetime) -> None:
    if kind in {Kind.COMPLAINT, Kind.UNSUBSCRIBED}:
        _withdraw(kind, sent, now)
        if kind == Kind.COMPLAINT and sent.delivery:
            sent.delivery.mark_complained(now=now)
        return
    if kind == Kind.PERMANENT:
        undeliverable.stop(sent.email, reason=undeliverable.Reason.PERMANENT, now=now)
    else:
        undeliverable.stop_if_repeated(sent.email, now=now)
    if sent.delivery:
        sent.delivery.mark_bounced(now=now)
    if sent.mail:
        outbox.mark_returned(sent.mail, now=now)


def _withdraw(kind: str, sent: _Sent, now: datetime) -> None:
    """Whoever calls our mail unwanted objects to it (GDPR article 21(2)): that is a will, not a fault of a mailbox."""
    act = Act.COMPLAINT if kind == Kind.COMPLAINT else Act.LINK
    with translation.override(sent.language):
        words = (
            gettext("Button of the mailbox: this message is unwanted.")
            if kind == Kind.COMPLAINT
            else gettext("Button of the mailbox: unsubscribe.")
        )
    prospecting.withdraw(email=sent.email, act=act, words=words, language=sent.language, page="", now=now)
