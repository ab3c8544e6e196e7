"""Lifting a restriction: the person is told before, with the day (GDPR article 18(3)); on that day it is lifted."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Max

from dsr.lifecycle import transitions
from dsr.messages import emails
from dsr.messages.models import Author, RequestMessage
from dsr.requests.item_models import RequestItem
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import paris_day
from dsr.rules.rights import Right
from dsr.rules.transitions import Transition
from privacy.rights import restriction


class LiftingTooSoonError(ValueError):
    """The person has to be told before: a restriction can end tomorrow at the earliest."""


class NotRestrictedError(Exception):
    """Nothing is restricted by this request, or its end is announced already."""


def may_announce(request: SubjectRequest) -> bool:
    granted = any(item.right == Right.RESTRICTION and item.done_at for item in request.items.all())
    return granted and request.lifts_on is None and bool(restriction.in_force(request.subject()))


def announce(request_id: UUID, *, day: date, reason: str, now: datetime) -> None:
    """Raises LiftingTooSoonError, NotRestrictedError."""
    with transitions.apply(request_id, Transition.ANNOUNCE_LIFTING, now=now) as request:
        if not may_announce(request):
            raise NotRestrictedError
        if day <= paris_day(now):
            raise LiftingTooSoonError
        request.lifts_on = day
        RequestMessage(request=request, written_at=now, author=Author.CONTROLLER, text=reason).save()
        emails.lifting(request, reason=reason, now=now)


def lift_due(*, now: datetime) -> int:
    """Lift the restrictions whose announced day has come; returns how many."""
    due = SubjectRequest.objects.filter(lifts_on__lte=paris_day(now))
    found = [
        each
        for request in due
        for each in restriction.in_force(request.subject())
        if not _was_granted_since(request)
    ]
    return sum(restriction.lift(each, now=now) for each in found)


def _was_granted_since(request: SubjectRequest) -> bool:
    """Whether another restriction was granted after this end was announced: that one has an end of its own."""
    announced = request.events.filter(event_type=Transition.ANNOUNCE_LIFTING.event.code).aggregate(
        last=Max("at")
    )["last"]
    restricted = RequestItem.objects.granted().filter(right=Right.RESTRICTION, request__email=request.email)
    return bool(restricted.filter(done_at__gt=announced).exists())
