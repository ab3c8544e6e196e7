"""A visitor with a browser: keeps cookies as one would, and posts from our own pages."""

import re

import pytest
from django.test import Client

from consent.cookies import registry
from consent.wording import wording

CONSENT_GROUPS = frozenset({"personal", "frequency", "campaigns"})
TARGETING = {"topics", "seen", "counted"}


class Visitor(Client):
    """Django's client, that posts as a page of ours does and reads the notice from the page it sees."""

    def submit(self, address: str, **data: str):
        """POST to `address` from one of our own pages, with the notice that is in force."""
        data.setdefault("wording", wording.prompt_for(registry.current()).key)
        return self.post(address, data, headers={"Sec-Fetch-Site": "same-origin"})

    def cookie_names(self) -> set[str]:
        """The names of the cookies in this browser now."""
        return {
            name for name, morsel in self.cookies.items() if morsel.value and str(morsel["max-age"]) != "0"
        }


@pytest.fixture
def visitor(db) -> Visitor:
    return Visitor()


def has_banner(page: str) -> bool:
    """Whether the page carries the banner."""
    return bool(re.search(r'id="choices"', page))
