"""Helpers of tests: the question by mail, and the button behind its link."""

import re
from typing import Any

from django.test import Client

from privacy.mail.models import Mail


def link_in_question() -> str:
    """The path of the link in the latest question."""
    text = Mail.objects.filter(message="prospect_confirm").latest("written_at").text
    found = re.search(r"https?://[^/\s]+(\S*/privacy/mail/confirm/\S+)", text)
    assert found
    return found[1]


def confirm(client: Client, link: str = "") -> Any:
    link = link or link_in_question()
    client.get(link)
    return client.post(f"{link.partition('/privacy/')[0]}/privacy/mail/confirm/")
