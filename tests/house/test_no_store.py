"""What is made for one person is in no cache: behind a sign-in or a mailed link, and with what was typed in it."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from dsr.follow_up import session_grants
from dsr.messages import emails
from tests import actors, sample_site
from tests.house.address_samples import AddressSamples, SampleAddress
from tests.house.addresses import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


@pytest.fixture
def site() -> Iterator[sample_site.SampleSite]:
    yield sample_site.fill(now=timezone.now())
    sample_site.forget()


def asked(site: sample_site.SampleSite, now: datetime) -> list[SampleAddress]:
    """Each address, of an object that exists."""
    samples = AddressSamples(site, now=now)
    return [next(samples.of(route)) for route in addresses()]


def stored(client: Client, method: str, found: list[SampleAddress]) -> list[str]:
    """Those whose answer a cache may keep."""
    kept = []
    for address in found:
        with transaction.atomic():
            response = getattr(client, method)(address.asked)
            transaction.set_rollback(True)
        assert response.status_code < 500
        if "no-store" not in response.headers.get("Cache-Control", ""):
            kept.append(address.written)
    return kept


@pytest.mark.parametrize("role", ["client", "controller"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_is_kept_of_what_somebody_sees_who_is_signed_in(site, role, method):
    client = Client()
    actors.sign_in(client, site.staff[role])
    found = [
        each for each in asked(site, timezone.now()) if not each.asked.endswith(("/sign-out/", "/logout/"))
    ]
    assert stored(client, method, found) == []


def test_nothing_is_kept_of_what_somebody_sees_who_came_by_a_mailed_link(site):
    client = Client()
    session = client.session
    for request in site.requests.values():
        session_grants.grant(session, emails.FOLLOW, request.pk, now=timezone.now())
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    assert stored(client, "get", asked(site, timezone.now())) == []


def test_nothing_is_kept_of_what_was_typed_or_opened_with_a_token(site):
    found = asked(site, timezone.now())
    assert stored(Client(), "post", found) == []
    tokens = [address for route, address in zip(addresses(), found, strict=True) if "token" in route]
    assert len(tokens) >= 6
    assert stored(Client(), "get", tokens) == []
    assert "no-store" in Client().get("/contact/?email=alice@example.org")["Cache-Control"]


def test_what_everybody_sees_may_be_kept_by_the_browser(site):
    """Going back to a form has to bring back what was typed, and no browser does that for a page it may not keep."""
    for path in ("/", "/contact/", "/privacy/", "/fr/careers/"):
        assert "no-store" not in Client().get(path).headers.get("Cache-Control", "")
