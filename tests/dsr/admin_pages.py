"""The pages of a request at the desk, as tests press their buttons."""

import re

from django.test import Client

from dsr.desk.admin_actions import ADMIN_ACTIONS
from dsr.requests.models import SubjectRequest

QUEUE = "/admin/dsr/subjectrequest/"


def page_of(dpo_client: Client, subject_request: SubjectRequest) -> str:
    return dpo_client.get(f"{QUEUE}{subject_request.pk}/change/").content.decode()


def offered(page: str) -> set[str]:
    return {verb.path for verb in ADMIN_ACTIONS if re.search(rf"/[0-9a-f-]{{36}}/{verb.path}/", page)}


def do(dpo_client: Client, subject_request: SubjectRequest, deed: str, **words: str):
    response = dpo_client.post(f"{QUEUE}{subject_request.pk}/{deed}/", words)
    subject_request.refresh_from_db()
    return response
