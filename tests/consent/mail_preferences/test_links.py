"""The token of commercial messages: says nothing, lives for years, cannot be forged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.mail_preferences import links
from privacy.web.signed_links import BadLinkError

ALICE, BOB = "alice@example.org", "bob@example.org"


def test_a_token_leads_back_to_its_address_alone():
    assert links.read(links.token(ALICE)) == ALICE
    assert links.token(ALICE) != links.token(BOB)


def test_it_says_nothing_not_even_a_length():
    token = links.token(ALICE)
    assert "alice" not in token
    assert len(token) == len(links.token("a@b.fr")) == len(links.token(BOB))


def test_it_outlives_a_rotation_and_not_a_withdrawn_key(settings):
    token = links.token(ALICE)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key " * 6
    settings.SECRET_KEY_FALLBACKS = [old]
    assert links.read(token) == ALICE
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(BadLinkError):
        links.read(token)


@given(st.integers(0, 63), st.sampled_from("ABCDEFGHwxyz0189-_"))
def test_no_sign_can_be_changed(place, sign):
    token = links.token(ALICE)
    forged = token[:place] + sign + token[place + 1 :]
    if forged != token:
        with pytest.raises(BadLinkError):
            links.read(forged)


@given(st.text(max_size=100))
def test_anything_else_is_refused(text):
    with pytest.raises(BadLinkError):
        links.read(text)


def test_addresses_are_in_the_language_of_the_person(settings):
    assert links.preferences(ALICE, language="en").startswith(f"{settings.SITE_URL}/privacy/mail/")
    french = links.unsubscribe(ALICE, language="fr")
    assert french.startswith(f"{settings.SITE_URL}/fr/privacy/mail/")
    assert french.endswith("/unsubscribe/")
