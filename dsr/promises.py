"""The promises about subject requests: they are answered in time."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from dsr.answer.models import RecipientNotification
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import paris_day
from privacy.promises.checking import CheckRun, Evidence, Promise, none_of


def promises() -> Iterator[Promise]:
    """All of them."""
    yield Promise(
        "data.answered",
        "data",
        _("Each request to exercise a right is answered by its last day."),
        _("requests past it"),
        _answered,
    )

    yield Promise(
        "data.recipients-told",
        "data",
        _("Whoever got data of yours from us is told when they are corrected, erased or restricted."),
        _("recipients not told in time"),
        _recipients_told,
    )


def _recipients_told(check_run: CheckRun) -> Evidence:
    recipient_notifications = RecipientNotification.objects.live(check_run.now)
    return none_of(
        recipient_notifications.due_before(paris_day(check_run.now)).count(),
        among=recipient_notifications.count(),
    )


def _answered(check_run: CheckRun) -> Evidence:
    waiting = SubjectRequest.objects.open()
    return none_of(waiting.due_before(paris_day(check_run.now)).count(), among=waiting.count())
