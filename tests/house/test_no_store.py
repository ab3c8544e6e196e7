"""What everybody sees may be kept by the browser. What is made for one person is looked at in ``test_addresses``."""

import pytest
from django.test import Client
from django.utils import timezone

from tests import sample_site
from tests.house.addresses import addresses

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(acting: None) -> None:
    sample_site.fill(now=timezone.now())


def test_what_everybody_sees_may_be_kept_by_the_browser():
    """Going back to a form has to bring back what was typed, and no browser does that for a page it may not keep."""
    for path in ("/", "/contact/", "/privacy/", "/fr/careers/"):
        assert "no-store" not in Client().get(path).headers.get("Cache-Control", "")


def test_what_was_filled_in_for_somebody_may_not():
    assert "no-store" in Client().get("/contact/?email=alice@example.org")["Cache-Control"]


def test_there_are_addresses_that_a_token_opens():
    assert len([route for route in addresses() if "token" in route]) >= 6
