"""The page of a request, for its person and for nobody else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dsr.follow_up import follow_up
from dsr.follow_up.models import LinkRequest
from dsr.follow_up.rate_limits import MESSAGES_OF_CLIENT
from dsr.messages.models import RequestMessage
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from dsr.rules.states import RequestState
from privacy.mail.models import Mail
from tests.dsr.factories import make_request
from tests.dsr.pages import NOBODY, client_with_grant, link_in, plain

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


def test_without_a_grant_a_request_looks_like_none(client: Client, now):
    subject_request = make_request(now)
    Client().get("/")  # fills the caches of the process, which have nothing to do with requests
    pages = []
    for pk in (subject_request.pk, NOBODY):
        with CaptureQueriesContext(connection) as queries:
            response = Client().get(f"/privacy/requests/{pk}/")
        body = plain(response.content).replace(str(pk), "")
        pages.append((response.status_code, body, sorted(response.cookies), len(queries)))
    assert pages[0] == pages[1]
    assert pages[0][0] == 403


def test_a_new_link_is_asked_for_alike_and_mailed_only_to_the_owner(client: Client, now):
    subject_request = make_request(now)
    Client().get("/")
    answers = []
    for pk in (subject_request.pk, NOBODY):
        with CaptureQueriesContext(connection) as queries:
            response = Client().post(f"/privacy/requests/{pk}/link/")
        answers.append((response.status_code, response.url, response.content, len(queries)))
    assert answers[0] == answers[1]
    assert LinkRequest.objects.count() == 2
    Mail.objects.all().delete()
    follow_up.send_links(now=now)
    assert [mail.to for mail in Mail.objects.all()] == ["alice@example.org"]


def test_a_mailed_link_opens_the_request_once_for_some_hours(now, today):
    subject_request = make_request(now)
    client = client_with_grant(subject_request)
    address = f"/privacy/requests/{subject_request.pk}/"
    assert subject_request.reference in client.get(address).content.decode()
    again = Client()
    again.get(link_in("request_link"))
    again.post("/privacy/requests/follow/")
    assert again.get(address).status_code == 403
    today.move_to(now + timedelta(hours=12, seconds=1))
    assert client.get(address).status_code == 403


def test_a_grant_opens_nothing_that_is_past_its_five_years(now, today):
    subject_request = make_request(now)
    decisions.refuse(subject_request.pk, ground="UNFOUNDED", reason="No.", now=now)
    client, address = client_with_grant(subject_request), f"/privacy/requests/{subject_request.pk}/"
    assert client.get(address).status_code == 200
    SubjectRequest.objects.update(
        closed_at=now.replace(year=2021)
    )  # five years to the second, and not purged yet
    for page in (address, f"{address}letter.pdf", f"{address}withdraw/", f"{address}document/"):
        assert client.get(page).status_code == 403
    assert client.post(f"{address}message/", {"text": "Hello"}).status_code == 403


def test_a_grant_opens_one_request_only(now):
    mine, other = make_request(now), make_request(now, email="bob@example.org", first_name="Bob")
    client = client_with_grant(mine)
    for part in ("", "withdraw/", "package/"):
        response = client.get(f"/privacy/requests/{other.pk}/{part}")
        assert response.status_code == 403
        assert "Bob" not in response.content.decode()
    assert client.post(f"/privacy/requests/{other.pk}/message/", {"text": "Hello"}).status_code == 403
    assert client.post(f"/privacy/requests/{other.pk}/withdraw/").status_code == 403
    other.refresh_from_db()
    assert other.state == RequestState.RECEIVED
    assert RequestMessage.objects.count() == 0


def test_writing_to_the_controller(now):
    subject_request = make_request(now)
    client = client_with_grant(subject_request)
    client.post(f"/privacy/requests/{subject_request.pk}/message/", {"text": "And <i>May</i>?"})
    assert (
        "And &lt;i&gt;May&lt;/i&gt;?"
        in client.get(f"/privacy/requests/{subject_request.pk}/").content.decode()
    )
    assert Mail.objects.filter(message="request_waiting", to__contains="softnlabs").count() == 2
    empty = client.post(f"/privacy/requests/{subject_request.pk}/message/", {"text": ""})
    assert empty.status_code == 422


def test_a_message_that_comes_after_the_decision_is_not_lost_from_sight(now):
    subject_request = make_request(now)
    client = client_with_grant(subject_request)
    decisions.refuse(subject_request.pk, ground="UNFOUNDED", reason="No.", now=now)
    response = client.post(f"/privacy/requests/{subject_request.pk}/message/", {"text": "My long message"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "This request has just been decided" in page
    assert "My long message" in page
    assert "Send my message" not in page
    assert RequestMessage.objects.filter(text="My long message").count() == 0


def test_withdrawing_takes_a_second_page(now):
    subject_request = make_request(now)
    client, address = client_with_grant(subject_request), f"/privacy/requests/{subject_request.pk}/"
    assert subject_request.reference in client.get(f"{address}withdraw/").content.decode()
    subject_request.refresh_from_db()
    assert subject_request.state == RequestState.RECEIVED
    client.post(f"{address}withdraw/")
    subject_request.refresh_from_db()
    assert subject_request.state == RequestState.WITHDRAWN
    assert "You have withdrawn this request" in client.get(address).content.decode()
    assert client.get(f"{address}withdraw/").status_code == 302


def test_a_refusal_is_told_with_its_ground_and_the_ways_out(now):
    subject_request = make_request(now)
    decisions.refuse(subject_request.pk, ground="EXCESSIVE", reason="Ten this month.", now=now)
    page = client_with_grant(subject_request).get(f"/privacy/requests/{subject_request.pk}/").content.decode()
    for words in ("excessive", "Ten this month.", "CNIL", "court"):
        assert words in page


def test_pages_of_a_request_are_kept_by_no_cache(now):
    subject_request = make_request(now)
    response = client_with_grant(subject_request).get(f"/privacy/requests/{subject_request.pk}/")
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_the_controller_is_not_flooded_and_no_word_is_lost(now):
    subject_request = make_request(now)
    client = client_with_grant(subject_request)
    for _number in range(MESSAGES_OF_CLIENT.times):
        assert (
            client.post(f"/privacy/requests/{subject_request.pk}/message/", {"text": "Hello"}).status_code
            == 302
        )
    once_more = client.post(f"/privacy/requests/{subject_request.pk}/message/", {"text": "What I meant was"})
    assert once_more.status_code == 422
    assert "send this message in an hour" in once_more.content.decode()
    assert "What I meant was" in once_more.content.decode()
    assert subject_request.messages.count() == MESSAGES_OF_CLIENT.times


def test_new_links_are_limited_alike_for_what_exists_and_what_does_not(now):
    subject_request = make_request(now)
    for pk in (subject_request.pk, NOBODY):
        network = f"192.0.2.{pk.int % 200}"
        answers = [Client(REMOTE_ADDR=network).post(f"/privacy/requests/{pk}/link/") for _ in range(21)]
        assert [answer.status_code for answer in answers] == [302] * 20 + [429]
        assert LinkRequest.objects.filter(request_id=pk).count() == 5


def test_the_controller_is_written_to_in_her_own_language(now, settings):
    make_request(now)
    assert "attend" in Mail.objects.get(message="request_waiting").subject
    Mail.objects.all().delete()
    settings.CONTROLLER = {**settings.CONTROLLER, "language": "en"}
    make_request(now, email="bob@example.org")
    assert Mail.objects.get(message="request_waiting").subject == "A request waits at the desk"
