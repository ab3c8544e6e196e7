from collections.abc import Iterator
from datetime import datetime

from django.db.models import Min
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dsr.desk import queue
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import paris_day
from privacy.plugins import WaitingWork

SHOWN = 5


def waiting(request: HttpRequest, *, now: datetime) -> SafeString | None:
    """The open requests that are due first, on the first page of the desk, for those who may see them."""
    if not request.user.has_perm("dsr.view_subjectrequest"):
        return None
    open_requests = SubjectRequest.objects.live(now).open().order_by(*queue.DUE_FIRST)
    today = paris_day(now)
    lines = [(each, queue.due(each, today)) for each in open_requests[:SHOWN]]
    return render_to_string("admin/dsr/panel.html", {"lines": lines, "count": open_requests.count()}, request)


def without_names(*, now: datetime) -> Iterator[WaitingWork]:
    """The open requests, counted: for whoever is locked out of them. Where a proof is awaited, no deadline runs."""
    rows = SubjectRequest.objects.live(now).open()
    running = rows.exclude(pk__in=SubjectRequest.objects.suspended().values("pk"))
    yield WaitingWork(
        _("Requests that wait for an answer"),
        "dsr.view_subjectrequest",
        rows.count(),
        late=rows.due_before(paris_day(now)).count(),
        due_at=running.aggregate(first=Min("due_on"))["first"],
    )
