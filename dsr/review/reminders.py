"""Keeping deadlines: reminders some days before, an alarm each day after, a digest each morning.

Each message is recorded in the transaction that mails it: however often this runs, nothing is sent twice.
"""

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext

from dsr.answer.models import RecipientNotification
from dsr.messages import emails
from dsr.messages.letter_models import SentLetter
from dsr.requests.identity_models import IdentityCheck
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from dsr.review.models import Reminder
from dsr.rules import states
from dsr.rules.deadlines import paris_day
from dsr.rules.transitions import IllegalTransitionError, Transition
from privacy.datamap.periods import CALENDAR

log = logging.getLogger(__name__)
MORNING = 6  # o'clock in Paris, when the digest of the day may leave
NEAR = 3  # days before the last one for notifying a recipient
OVERDUE, DIGEST = "overdue", "digest"


def remind(*, now: datetime) -> int:
    """Returns how many messages were written."""
    today = paris_day(now)
    waiting = [each for each in _running() if each.due_on >= today]
    late = [each for each in _running() if each.due_on < today]
    sent = sum(_remind_soon(each, today, now) for each in waiting)
    return sent + sum(_remind_once(each, f"{OVERDUE} {today}", now) for each in late)


def remind_of_recipients(*, now: datetime) -> int:
    """Which recipients must be notified soon, and each day which should have been (GDPR article 19)."""
    today = paris_day(now)
    near = RecipientNotification.objects.live(now).due_before(today + timedelta(days=NEAR + 1))
    found: dict[tuple[SubjectRequest, date], list[str]] = {}
    for each in near.select_related("request"):
        found.setdefault((each.request, each.due_on), []).append(each.recipient)
    return sum(_remind_of_recipients(*key, names, today, now) for key, names in found.items())


def digest(*, now: datetime) -> bool:
    """One message a morning, none with nothing open. Returns whether it was sent."""
    today = paris_day(now)
    waiting = (
        SubjectRequest.objects.open(),
        RecipientNotification.objects.live(now).open(),
        SentLetter.objects.live(now).to_post(),
    )
    if now.astimezone(CALENDAR).hour < MORNING or not any(rows.exists() for rows in waiting):
        return False
    with transaction.atomic():
        _digest, is_new = Reminder.objects.get_or_create(
            request=None, reminder_type=DIGEST, due_on=today, defaults={"sent_at": now}
        )
        if is_new:
            emails.digest(_counts(today, now), now=now)
    return is_new


def close_unproven(*, now: datetime) -> int:
    """Close what waited too long for a proof of identity; it can be reopened. Returns how many."""
    awaited = IdentityCheck.objects.awaited().filter(request__state__in=states.OPEN)
    expired = awaited.filter(asked_at__lte=emails.PROOF_WAITS.latest(now)).select_related("request")
    closed = 0
    for check in expired:
        try:
            if emails.PROOF_WAITS.after(_waiting_since(check)) <= now:
                closed += _close(check.request, now)
        except Exception:  # whatever is wrong with one request must not stop the others, nor the reminders
            log.exception("request %s could not be closed", check.request_id)
    return closed


def _waiting_since(check: IdentityCheck) -> datetime:
    """A request that was reopened waits anew."""
    reopened = check.request.events.filter(event_type=Transition.REOPEN.event.code).aggregate(last=Max("at"))[
        "last"
    ]
    since: datetime = max(filter(None, (check.asked_at, reopened)))
    return since


def _running() -> Iterable[SubjectRequest]:
    """Open requests whose clock runs, the most urgent first."""
    return SubjectRequest.objects.open().exclude(pk__in=SubjectRequest.objects.suspended().values("pk"))


def _remind_soon(request: SubjectRequest, today: date, now: datetime) -> bool:
    """Only the nearest reminder that has come due, not each that was missed while the worker was down."""
    left = (request.due_on - today).days
    reached = [days for days in settings.REQUESTS_REMIND_DAYS if left <= days]
    return bool(reached) and _remind_once(request, f"{min(reached)} days", now)


def _remind_once(request: SubjectRequest, reminder_type: str, now: datetime) -> bool:
    with transaction.atomic():
        _reminder, is_new = Reminder.objects.get_or_create(
            request=request, reminder_type=reminder_type, due_on=request.due_on, defaults={"sent_at": now}
        )
        if is_new:
            emails.remind(request, days=(request.due_on - paris_day(now)).days, now=now)
    return is_new


def _remind_of_recipients(
    request: SubjectRequest, day: date, names: list[str], today: date, now: datetime
) -> bool:
    reminder_type = f"recipients {today}" if day < today else "recipients"
    with transaction.atomic():
        _reminder, is_new = Reminder.objects.get_or_create(
            request=request, reminder_type=reminder_type, due_on=day, defaults={"sent_at": now}
        )
        if is_new:
            emails.recipients_due(request, day=day, names=sorted(set(names)), now=now)
    return is_new


def _close(request: SubjectRequest, now: datetime) -> bool:
    with translation.override(request.language):
        reason = gettext("The proof of identity that we asked for has not come.")
    try:
        decisions.close(request.pk, reason=reason, now=now)
    except (IllegalTransitionError, decisions.IdentityUncheckedError):
        return False  # decided, or proved, a moment ago
    return True


def _counts(today: date, now: datetime) -> dict[str, int]:
    running, first = list(_running()), max(settings.REQUESTS_REMIND_DAYS, default=0)
    return {
        "open": SubjectRequest.objects.open().count(),
        "overdue": sum(each.due_on < today for each in running),
        "near": sum(0 <= (each.due_on - today).days <= first for each in running),
        "suspended": SubjectRequest.objects.open().suspended().count(),
        "recipients": RecipientNotification.objects.live(now).open().count(),
        "letters": SentLetter.objects.live(now).to_post().count(),
        "behind": SubjectRequest.objects.open().filter(target_on__lt=today).count(),
    }
