"""Notifying recipients: one task for each who was given what was corrected, erased or restricted (GDPR article 19)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings

from dsr.answer.models import NotificationOutcome, RecipientNotification
from dsr.lifecycle import transitions
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import paris_day
from dsr.rules.rights import Right
from dsr.rules.transitions import Transition
from privacy.audit import trail
from privacy.datamap.declarations import Category
from privacy.files import fields
from privacy.files.uploads import CheckedDocument
from privacy.recipients import recipients


class NotificationClosedError(Exception):
    """Somebody closed this task a moment ago."""


class NotificationDateError(ValueError):
    """A day before the data were changed, or in the future."""


@dataclass(frozen=True)
class NotificationReport:
    """How a task ended: notified, with day, means and proof; or not, with the reason."""

    outcome: str
    notified_on: date | None = None
    means: str = ""
    proof: str = ""
    file: CheckedDocument | None = None
    reason: str = ""


def open_notifications(
    request: SubjectRequest, right: Right, *, of: Collection[Category] | None = None, now: datetime
) -> None:
    """Open one task for each recipient of data of the categories ``of``; without them, of any data.

    Call it in the transaction that changes the data. Tasks already open for the same right stay as they are.
    """
    due_on = paris_day(now) + timedelta(days=settings.REQUESTS_TELL_DAYS)
    for each in recipients.to_notify(request.subject(), of=of, now=now):
        RecipientNotification.objects.get_or_create(
            request=request,
            right=right,
            recipient=each.name,
            is_processor=each.is_processor,
            defaults={"categories": sorted(each.categories), "opened_at": now, "due_on": due_on},
        )


def close(request_id: UUID, *, task: int, report: NotificationReport, now: datetime) -> None:
    """Raises NotificationClosedError, NotificationDateError, and OSError when the disk refuses."""
    with transitions.apply(request_id, Transition.NOTIFY_RECIPIENT, now=now) as request:
        found = request.recipient_notifications.open().filter(pk=task).first()
        if found is None:
            raise NotificationClosedError
        if report.outcome == NotificationOutcome.NOTIFIED:
            _mark_notified(found, report, now)
        found.outcome, found.reason = report.outcome, report.reason
        found.closed_at, found.closed_by = now, trail.actor()
        found.save()


def _mark_notified(task: RecipientNotification, report: NotificationReport, now: datetime) -> None:
    if report.notified_on is None or not paris_day(task.opened_at) <= report.notified_on <= paris_day(now):
        raise NotificationDateError
    task.notified_on, task.means, task.proof = report.notified_on, report.means, report.proof
    if report.file:
        task.file = fields.store(report.file, now=now)
