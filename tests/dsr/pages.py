"""The public pages of requests as tests walk through them."""

import re
from uuid import UUID

from django.test import Client
from django.utils import timezone

from dsr.follow_up import follow_up, tasks
from dsr.follow_up.models import LinkRequest
from dsr.requests.models import SubjectRequest
from privacy.mail.models import Mail

NEW = "/privacy/requests/new/"


FILLED = {
    "for_whom": "self",
    "rights": "ACCESS",
    "first_name": "Alice",
    "surname": "Martin",
    "email": "Alice@Example.org",
    "details": "",
}


NOBODY = UUID(int=9)


def link_in(message: str) -> str:
    """The path of the link in the newest mail of this kind; of two of one instant neither is the newer."""
    mails = Mail.objects.filter(message=message)
    mail = mails.get(written_at=mails.latest("written_at").written_at)
    found = re.search(r"https?://[^/\s]+(/\S*/(?:confirm|follow|download)/\S+/)", mail.text)
    assert found
    return found[1]


def confirmed(client: Client, **answers: str | list[str]) -> SubjectRequest:
    client.post(NEW, {**FILLED, **answers})
    client.get(link_in("request_confirm"))
    client.post("/privacy/requests/confirm/")
    return SubjectRequest.objects.get()


def client_with_grant(subject_request: SubjectRequest) -> Client:
    """A browser that came by a mailed link."""
    LinkRequest.objects.all().delete()  # a test that fills every holding leaves some
    follow_up.request_link(subject_request.pk, now=timezone.now())
    tasks.send_links()
    client = Client()
    client.get(link_in("request_link"))
    client.post("/privacy/requests/follow/")
    return client


def plain(body: bytes) -> str:
    """A page without what differs each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body.decode())
