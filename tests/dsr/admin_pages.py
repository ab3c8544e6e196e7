"""The pages of a request at the desk, as tests press their buttons."""

from django.test import Client

from dsr.desk.actions import VERBS
from dsr.requests.models import SubjectRequest

QUEUE = "/admin/dsr/subjectrequest/"


def page_of(dpo_client: Client, asked: SubjectRequest) -> str:
    return dpo_client.get(f"{QUEUE}{asked.pk}/change/").content.decode()


def offered(page: str) -> set[str]:
    return {verb.path for verb in VERBS if f"/{verb.path}/" in page}


def do(dpo_client: Client, asked: SubjectRequest, deed: str, **words: str):
    response = dpo_client.post(f"{QUEUE}{asked.pk}/{deed}/", words)
    asked.refresh_from_db()
    return response
