"""The pages of a request at the desk, as tests press their buttons."""

from django.test import Client

from dsr.desk.actions import VERBS
from dsr.requests.models import SubjectRequest

QUEUE = "/admin/dsr/subjectrequest/"


def page_of(desk: Client, asked: SubjectRequest) -> str:
    return desk.get(f"{QUEUE}{asked.pk}/change/").content.decode()


def offered(page: str) -> set[str]:
    return {verb.path for verb in VERBS if f"/{verb.path}/" in page}


def do(desk: Client, asked: SubjectRequest, deed: str, **words: str):
    response = desk.post(f"{QUEUE}{asked.pk}/{deed}/", words)
    asked.refresh_from_db()
    return response
