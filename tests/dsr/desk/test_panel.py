"""The first page of the desk says what waits."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from dsr.review import decisions
from tests import actors
from tests.dsr.factories import make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


def test_what_is_due_first_stands_on_the_first_page_and_what_is_decided_does_not(
    dpo_client: Client, now: datetime
):
    early = make_request(now - timedelta(days=1), email="early@example.org")
    late = make_request(now - timedelta(days=40), email="late@example.org")
    done = make_request(now, email="done@example.org")
    decisions.refuse(done.pk, ground="UNFOUNDED", reason="No.", now=now)
    with time_machine.travel(now, tick=False):
        page = dpo_client.get("/admin/").content.decode()
    assert page.index(late.reference) < page.index(early.reference)
    assert done.reference not in page
    assert "overdue by" in page
    assert "late@example.org" not in page


def test_the_first_page_says_when_nobody_waits(dpo_client: Client):
    assert "everybody has an answer" in dpo_client.get("/admin/").content.decode()


def test_somebody_whom_requests_do_not_concern_sees_none(clerk, now: datetime):
    subject_request = make_request(now, email="alice@example.org")
    client = Client()
    actors.sign_in(client, clerk)
    page = client.get("/admin/").content.decode()
    assert subject_request.reference not in page
    assert 'id="waiting"' not in page
