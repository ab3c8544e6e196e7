"""The first page of the desk for somebody without a valid training: what to do, and the work that waits, without names.

So no deadline is lost because a training was.
"""

from datetime import datetime

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from privacy import plugins
from privacy.access import expiry
from privacy.access.lock import TrainedPermissionsMixin
from privacy.plugins import WaitingWork


def panel(request: HttpRequest, *, now: datetime) -> SafeString | None:
    """None for whoever is trained, and need not think of it yet."""
    person = request.user
    if not isinstance(person, TrainedPermissionsMixin):
        return None
    if not person.is_trained(now=now):
        facts = {"works": work_of(person, now=now), "now": now, "today": expiry.day_of(now)}
        return render_to_string("admin/privacy/training/locked.html", facts, request)
    assert person.trained_until
    if expiry.stage(person.trained_until, now) is None:
        return None
    ends = {"last_day": expiry.last_day(person.trained_until)}
    return render_to_string("admin/privacy/training/ends.html", ends, request)


def work_of(person: TrainedPermissionsMixin, *, now: datetime) -> list[WaitingWork]:
    """What waits of the work that this person would see, were they trained."""
    sources = (config.waiting_work for config in plugins.installed())
    works = (work for source in sources if source for work in source(now=now))
    return [each for each in works if each.count and person.may_once_trained(each.permission)]
