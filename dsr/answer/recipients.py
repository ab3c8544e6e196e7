"""Telling recipients: one task for each who was given what was corrected, erased or restricted (GDPR article 19)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings

from dsr.answer.models import Telling, Told
from dsr.lifecycle import transitions
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import paris_day
from dsr.rules.rights import Kind
from dsr.rules.states import Move
from privacy.audit import trail
from privacy.datamap.declarations import Category
from privacy.files import fields
from privacy.files.uploads import CheckedDocument
from privacy.recipients import recipients


class AlreadyClosed(Exception):
    """Somebody closed this task a moment ago."""


class WrongDay(ValueError):
    """A recipient is not told before there is something to tell, nor in the future."""


@dataclass(frozen=True)
class Account:
    """How a task ended: told, when, by what means and with what proof; or not told, and why."""

    outcome: str
    told_on: date | None = None
    means: str = ""
    proof: str = ""
    file: CheckedDocument | None = None
    reason: str = ""


def open_tasks(
    request: SubjectRequest, kind: Kind, *, of: Collection[Category] | None = None, now: datetime
) -> None:
    """Open one task for each recipient of data of the categories ``of``; of whatever, without them.

    Call it in the transaction of the deed. What was opened for the same deed before stays as it is.
    """
    due_on = paris_day(now) + timedelta(days=settings.REQUESTS_TELL_DAYS)
    for each in recipients.to_notify(request.subject(), of=of, now=now):
        Telling.objects.get_or_create(
            request=request,
            kind=kind,
            recipient=each.name,
            is_processor=each.is_processor,
            defaults={"categories": sorted(each.categories), "opened_at": now, "due_on": due_on},
        )


def close(request_id: UUID, *, task: int, account: Account, now: datetime) -> None:
    """Close one task. Raises :class:`AlreadyClosed`, :class:`WrongDay`, and :class:`OSError` when the disk refuses."""
    with transitions.making(request_id, Move.TELL, now=now) as request:
        found = request.tellings.open().filter(pk=task).first()
        if found is None:
            raise AlreadyClosed
        if account.outcome == Told.TOLD:
            _tell(found, account, now)
        found.outcome, found.reason = account.outcome, account.reason
        found.closed_at, found.closed_by = now, trail.actor()
        found.save()


def _tell(task: Telling, account: Account, now: datetime) -> None:
    if account.told_on is None or not paris_day(task.opened_at) <= account.told_on <= paris_day(now):
        raise WrongDay
    task.told_on, task.means, task.proof = account.told_on, account.means, account.proof
    if account.file:
        task.file = fields.store(account.file, now=now)
