"""What the person does with an existing request: come back to it, write, withdraw."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from dsr.follow_up.models import LinkRequest
from dsr.lifecycle import transitions
from dsr.messages import emails
from dsr.messages.models import Author, RequestMessage
from dsr.package.models import AccessPackage
from dsr.requests.models import SubjectRequest
from dsr.rules.transitions import Occurrence, Transition


class LinkUsedError(Exception):
    """The link was used before, or a later one replaced it."""


def request_link(request_id: UUID, *, now: datetime) -> None:
    """The request may not exist: the same work either way, so that nobody learns whether it does."""
    LinkRequest(request_id=request_id, asked_at=now).save(force_insert=True)


def send_links(*, now: datetime) -> int:
    """One link for each request, to the address of that request alone. Returns how many."""
    with transaction.atomic():
        link_requests = list(LinkRequest.objects.select_for_update(skip_locked=True))
        wanted = {each.request_id for each in link_requests}
        requests = list(SubjectRequest.objects.live(now).filter(pk__in=wanted))
        for request in requests:
            emails.link(request, now=now)
        LinkRequest.objects.filter(pk__in=[each.pk for each in link_requests]).delete()
    return len(requests)


def use_link(request_id: UUID, serial: int, *, now: datetime) -> None:
    """Take a link that leads to the request: it works once. Raises :class:`LinkUsedError`."""
    with transaction.atomic():
        found = SubjectRequest.objects.live(now).filter(pk=request_id, links_used=serial)
        if found.update(links_used=F("links_used") + 1) != 1:
            raise LinkUsedError
        transitions.record(SubjectRequest.objects.get(pk=request_id), Occurrence.LINK_USED, now=now)


def use_package_link(request_id: UUID, serial: int, *, now: datetime) -> None:
    """Take a link that leads to the download: it works once. Raises :class:`LinkUsedError`."""
    with transaction.atomic():
        packages = AccessPackage.objects.ready(now).filter(request=request_id, links_used=serial)
        if packages.update(links_used=F("links_used") + 1) != 1:
            raise LinkUsedError
        transitions.record(SubjectRequest.objects.get(pk=request_id), Occurrence.LINK_USED, now=now)


def write(request_id: UUID, text: str, *, now: datetime) -> None:
    """Add a message of the person and tell the controller. Raises IllegalTransitionError once it is decided."""
    with transitions.apply(request_id, Transition.WRITE_MESSAGE, now=now) as request:
        RequestMessage(request=request, written_at=now, author=Author.PERSON, text=text).save()
        emails.notify_controller(request, now=now)


def withdraw(request_id: UUID, *, now: datetime) -> None:
    """Stop the request; what was being built for it is forgotten. Raises IllegalTransitionError once it is decided."""
    with transitions.apply(request_id, Transition.WITHDRAW, now=now) as request:
        AccessPackage.objects.filter(request=request, built_at=None).delete()
        emails.withdrawn(request, now=now)
