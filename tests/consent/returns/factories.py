"""What providers and mail servers report, as they write it."""

import json
from datetime import datetime
from uuid import uuid4

from consent.mailings.models import Delivery
from consent.mailings.states import DeliveryState
from tests.consent.mailings.factories import make_mailing, make_prospect


def sent_to(email: str, *, now: datetime, mailing=None) -> Delivery:
    """An e-mail of a campaign that left for a prospect."""
    make_prospect(email, now=now)
    return again_to(email, now=now, mailing=mailing)


def again_to(email: str, *, now: datetime, mailing=None) -> Delivery:
    return Delivery.objects.create(
        mailing=mailing or make_mailing(now=now), email=email, language="en", added_at=now, next_try_at=now,
        sent_at=now, state=DeliveryState.SENT,
    )  # fmt: skip


def message_id(delivery: Delivery) -> str:
    return f"<{delivery.pk}@softnlabs.com>"


def mailjet(event: str, delivery: Delivery | None = None, **facts: object) -> dict[str, object]:
    """As https://dev.mailjet.com/email/guides/webhooks/ describes it."""
    own = (
        {"Payload": json.dumps({"message": message_id(delivery)}), "email": delivery.email}
        if delivery
        else {}
    )
    return {"event": event, "time": 1795990248, "MessageID": 19421777835146490, **own, **facts}


def bounce(
    recipient: str, status: str, *, action: str = "failed", original: str = "", headers_alone: bool = False
) -> bytes:
    """A report as Postfix writes it (RFC 3464)."""
    kind = "text/rfc822-headers" if headers_alone else "message/rfc822"
    mark = uuid4().hex
    return f"""Return-Path: <>
Date: Sun, 29 Nov 2026 10:00:00 +0100
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: hello@softnlabs.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="{mark}"

--{mark}
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.net.

--{mark}
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Sun, 29 Nov 2026 09:59:58 +0100

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} said the other side

--{mark}
Content-Type: {kind}

From: SoftNLabs <hello@softnlabs.com>
To: {recipient}
Subject: News
Message-ID: {original}

Good day.
--{mark}--
""".encode()


def complaint(recipient: str, *, original: str = "", kind: str = "abuse") -> bytes:
    """A report of a mailbox provider (RFC 5965)."""
    mark = uuid4().hex
    return f"""From: feedback@mailbox.example
To: hello@softnlabs.com
Subject: FW: News
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="{mark}"

--{mark}
Content-Type: text/plain

This is a report.

--{mark}
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Feedback/1.0
Version: 1
Original-Rcpt-To: <{recipient}>

--{mark}
Content-Type: message/rfc822

From: SoftNLabs <hello@softnlabs.com>
To: {recipient}
Message-ID: {original}

Good day.
--{mark}--
""".encode()
