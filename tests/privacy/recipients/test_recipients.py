"""A person can be told the name of each company and authority that was given their data."""

from datetime import timedelta

import pytest

from privacy.datamap.declarations import Category
from privacy.datamap.registry import holding
from privacy.recipients import processors, recipients
from privacy.rights import erasure
from softnlabs.website.enquiries.models import Enquiry
from tests.holdings import MAKERS, RECENT, person
from tests.privacy.factories import disclose, make_processor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


def test_each_receiver_is_named_once_with_all_that_it_was_given(now):
    alice, bob = person("alice", now), person("bob", now)
    MAKERS["website.enquiry"](alice, now - RECENT)
    sender = make_processor(name="Sender")
    for hours, categories in ((3, ["EMAIL"]), (1, ["SURNAME"])):
        sender.categories = categories
        sender.save()
        processors.export(sender, holding(Enquiry), reason="Test", now=now - timedelta(hours=hours) + RECENT)
    disclose(alice.email, "Court of Pau", at=now - timedelta(hours=2), now=now)
    disclose(bob.email, "Court of Bordeaux", at=now, now=now)
    first, second = recipients.data_recipients(alice.subject(), now=now)
    assert (first.name, first.is_processor) == ("Sender", True)
    assert first.last_at == now - timedelta(hours=1) + RECENT
    assert first.categories == {Category.EMAIL, Category.SURNAME}
    assert (second.name, second.is_processor, second.categories) == (
        "Court of Pau",
        False,
        {Category.SURNAME},
    )


def test_what_is_past_its_period_is_named_no_more(now):
    alice = person("alice", now)
    disclose(alice.email, "Court of Pau", at=now.replace(year=now.year - 5), now=now)
    assert recipients.data_recipients(alice.subject(), now=now) == []


def test_nobody_was_given_anything(now):
    assert recipients.data_recipients(person("alice", now).subject(), now=now) == []


def test_those_are_told_of_a_change_who_were_given_what_changed(now):
    alice = person("alice", now)
    MAKERS["website.enquiry"](alice, now - RECENT)
    both = make_processor(name="Both", categories=["EMAIL", "SURNAME"])
    processors.export(both, holding(Enquiry), reason="Test", now=now)
    disclose(alice.email, "Court of Pau", at=now, now=now)
    told = recipients.to_notify(alice.subject(), of=[Category.EMAIL], now=now)
    assert [(each.name, each.categories) for each in told] == [("Both", {Category.EMAIL})]
    everybody = recipients.to_notify(alice.subject(), now=now)
    assert everybody == recipients.data_recipients(alice.subject(), now=now)
    assert len(everybody) == 2
    assert recipients.to_notify(person("bob", now).subject(), now=now) == []


def test_they_are_known_after_the_erasure_too(now):
    alice = person("alice", now)
    disclose(alice.email, "Court of Pau", at=now, now=now)
    erasure.erase(alice.subject(), now=now)
    assert [each.name for each in recipients.to_notify(alice.subject(), now=now)] == ["Court of Pau"]
