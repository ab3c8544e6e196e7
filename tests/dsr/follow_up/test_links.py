"""Mailed links: each opens its own door, for its own time."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from dsr.messages import emails
from dsr.requests.models import SubjectRequest
from privacy.web import signed_links
from tests.dsr.factories import make_request
from tests.dsr.pages import FILLED, NEW, link_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


LINK_KINDS = {"confirm": emails.CONFIRM, "follow": emails.FOLLOW, "download": emails.PACKAGE}


@pytest.mark.parametrize("link_kind", LINK_KINDS)
def test_a_forged_or_expired_link_shows_a_page_that_helps(client: Client, now, link_kind: str):
    key = str(uuid4())
    old = signed_links.sign(
        LINK_KINDS[link_kind], key if link_kind == "confirm" else [key, 0], until=now - timedelta(seconds=1)
    )
    over = client.get(f"/privacy/requests/{link_kind}/{old}/").url
    assert over == ("/privacy/requests/confirm/" if link_kind == "confirm" else f"/privacy/requests/{key}/")
    assert link_kind == "confirm" or "Mail me a new link" in client.get(over).content.decode()
    for token in (
        "forged",
        old[:-4],
        signed_links.sign("other", str(uuid4()), until=now + timedelta(days=1)),
    ):
        opened = client.get(f"/privacy/requests/{link_kind}/{token}/")
        page = client.get(opened.url)
        assert page.status_code == 410
        assert "This link does not open anything" in page.content.decode()
    assert "session" not in client.cookies


@pytest.mark.parametrize("link_kind", LINK_KINDS)
@pytest.mark.parametrize("other_kind", LINK_KINDS)
def test_a_link_of_one_kind_serves_for_no_other(client: Client, now, link_kind: str, other_kind: str):
    key = str(make_request(now).pk)
    value = key if link_kind == "confirm" else [key, 0]
    token = signed_links.sign(LINK_KINDS[link_kind], value, until=now + timedelta(days=1))
    opened = client.get(f"/privacy/requests/{other_kind}/{token}/").url
    answers = {client.get(opened).status_code, client.post(opened).status_code}
    assert (answers == {410}) == (link_kind != other_kind)


def test_the_link_lasts_as_long_as_the_unconfirmed_request(client: Client, today, now):
    client.post(NEW, FILLED)
    link = link_in("request_confirm")
    today.move_to(now + timedelta(days=6, hours=23))
    assert client.get(client.get(link).url).status_code == 200
    today.move_to(now + timedelta(days=7, seconds=1))
    assert client.post("/privacy/requests/confirm/").status_code == 410
    assert SubjectRequest.objects.count() == 0
