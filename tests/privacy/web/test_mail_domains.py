"""Addresses at which an answer would not arrive."""

import tomllib

import pytest
from django.test import Client

from privacy.web import mail_domains
from privacy.web.fields import LastingEmailField, ReachedEmailField
from softnlabs.website.enquiries.models import Enquiry
from tests.dsr import pages as requests
from tests.softnlabs.enquiries.factories import TYPED


@pytest.mark.parametrize(
    "address", ["a@example.org", "A@Mail.Example.COM", "a@host.test", "a@router.internal"]
)
def test_no_mail_arrives_at_a_domain_for_examples(settings, address):
    ReachedEmailField().clean(address)  # in local mode it does, in a file
    settings.EXAMPLE_MAIL_ARRIVES = False
    with pytest.raises(mail_domains.ValidationError, match="kept for examples"):
        ReachedEmailField().clean(address)


def test_a_real_domain_that_ends_alike_passes(settings):
    settings.EXAMPLE_MAIL_ARRIVES = False
    for address in ("a@myexample.org", "a@contest.fr", "a@laposte.fr", "a@orange.fr"):
        assert LastingEmailField().clean(address) == address


@pytest.mark.parametrize(("domain", "meant"), mail_domains.listed().typos.items())
def test_a_slip_of_the_keyboard_gets_a_suggestion(domain, meant):
    with pytest.raises(mail_domains.ValidationError) as refused:
        ReachedEmailField().clean(f"Alice@{domain.upper()}")
    assert f"Did you mean alice@{meant}?" in refused.value.messages[0]


def test_what_is_meant_is_no_slip_itself():
    known = mail_domains.listed()
    assert not set(known.typos.values()) & {*known.typos, *known.reserved, *known.disposable}


def test_the_list_says_its_date_and_is_in_small_letters():
    text = mail_domains.FILE.read_text()
    assert "2026-11-29" in text
    read = tomllib.loads(text)
    names = [*read["reserved"], *read["disposable"], *read["typos"]]
    assert names == [name.lower() for name in names]
    assert len(names) == len(set(names))


@pytest.mark.django_db
@pytest.mark.parametrize(("prefix", "said"), [("", "last a short time"), ("/fr", "ne durent pas")])
def test_a_mailbox_for_minutes_is_refused_where_we_answer_later(client: Client, prefix, said):
    page = client.post(f"{prefix}/contact/", {**TYPED, "email": "alice@yopmail.com"})
    assert list(page.context["form"].errors) == ["email"]
    assert said in page.text
    assert not Enquiry.objects.exists()


@pytest.mark.django_db
def test_whoever_exercises_a_right_may_write_from_any_mailbox(client: Client):
    assert client.post(requests.NEW, {**requests.FILLED, "email": "alice@yopmail.com"}).status_code == 302
