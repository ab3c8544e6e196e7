from datetime import datetime

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from dsr.desk import queue
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import paris_day

SHOWN = 5


def waiting(request: HttpRequest, *, now: datetime) -> SafeString | None:
    """The open requests that are due first, on the first page of the desk, for those who may see them."""
    if not request.user.has_perm("dsr.view_subjectrequest"):
        return None
    open_requests = SubjectRequest.objects.live(now).open().order_by(*queue.DUE_FIRST)
    today = paris_day(now)
    lines = [(each, queue.due(each, today)) for each in open_requests[:SHOWN]]
    return render_to_string("admin/dsr/panel.html", {"lines": lines, "count": open_requests.count()}, request)
