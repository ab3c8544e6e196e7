"""Fetching the answer: a mailed link, then the code."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from dsr.answer import tasks
from dsr.follow_up.rate_limits import CODES_OF_PACKAGE
from dsr.identity import verification
from dsr.package.models import PACKAGE_KEEP
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from privacy.mail.models import Mail
from tests.dsr.factories import make_request
from tests.dsr.pages import client_with_grant, link_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


@pytest.fixture
def answered(now: datetime) -> SubjectRequest:
    return answered_by_now("alice@example.org", now)


def answered_by_now(email: str, now: datetime) -> SubjectRequest:
    subject_request = make_request(now, email=email)
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    decisions.grant(subject_request.pk, now=now)
    tasks.build_packages()
    return subject_request


def test_the_mailed_link_and_the_code_open_the_answer(answered):
    client, address = Client(), f"/privacy/requests/{answered.pk}/package/"
    assert client.get(address).status_code == 403
    opened = client.get(link_in("request_ready"))
    assert "Go on" in client.get(opened.url).content.decode()
    assert client.get(address).status_code == 403
    assert client.post(opened.url).url == address
    wrong = client.post(address, {"code": "0000-0000-0000"})
    assert "This is not the code" in wrong.content.decode()
    zipped = client.post(address, {"code": answered.package.code})
    assert zipped.headers["Content-Type"] == "application/zip"
    assert zipped.content.startswith(b"PK")


def test_the_link_to_the_answer_does_not_show_the_code(answered):
    client = Client()
    client.post(client.get(link_in("request_ready")).url)
    page = client.get(f"/privacy/requests/{answered.pk}/")
    assert page.status_code == 403
    assert answered.package.code not in page.content.decode()
    assert (
        answered.package.code
        in client_with_grant(answered).get(f"/privacy/requests/{answered.pk}/").content.decode()
    )


def test_the_link_to_the_answer_works_once(answered):
    Client().get(link_in("request_ready"))
    for _ in range(2):
        client = Client()
        client.post(client.get(link_in("request_ready")).url)
    assert client.get(f"/privacy/requests/{answered.pk}/package/").status_code == 403


def test_past_its_days_the_answer_is_gone_and_the_pages_say_so(answered, now, today):
    today.move_to(PACKAGE_KEEP.after(now))
    client = client_with_grant(answered)
    assert "has been destroyed" in client.get(f"/privacy/requests/{answered.pk}/").content.decode()
    gone = client.post(f"/privacy/requests/{answered.pk}/package/", {"code": answered.package.code})
    assert gone.status_code == 410


def test_codes_are_tried_so_often_and_no_more_and_waiting_is_enough(answered, today, now):
    client, address = Client(), f"/privacy/requests/{answered.pk}/package/"
    client.post(client.get(link_in("request_ready")).url)
    codes = [f"0000-0000-{number:04}" for number in range(CODES_OF_PACKAGE.times)]
    assert {client.post(address, {"code": code}).status_code for code in codes} == {200}
    right = {"code": answered.package.code}
    over = client.post(address, right)
    assert over.status_code == 429
    assert "Wait ten minutes" in over.content.decode()
    assert right["code"] in over.content.decode()  # what was typed is not lost
    assert client.get(address).status_code == 200  # looking costs nothing
    Mail.objects.all().delete()  # or which of two of one instant is the newer would be chance
    other = answered_by_now("bob@example.org", now)
    client.post(client.get(link_in("request_ready")).url)
    assert client.post(f"/privacy/requests/{other.pk}/package/", {"code": codes[0]}).status_code == 200
    today.move_to(now + timedelta(minutes=10))
    assert client.post(address, right).content.startswith(b"PK")
