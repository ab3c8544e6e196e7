"""A row whose address a request has corrected is the person's all the same: it is copied and erased."""

import json
from datetime import datetime, timedelta

import pytest
from django.test import Client

from dsr.answer import delivery
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from dsr.rules.rights import Right
from dsr.rules.states import RequestState
from privacy.datamap.registry import holding
from privacy.datamap.usable import usable
from privacy.rights import holds, restriction
from privacy.rights.models import Hold
from softnlabs.website.accounts.models import User
from softnlabs.website.enquiries.models import Enquiry
from tests import holdings as made
from tests.dsr.admin_pages import do
from tests.dsr.packages import unpacked
from tests.dsr.steps import ask, checked, correct

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]
NEW = "alice@example.com"


@pytest.fixture
def people(now) -> list[made.SamplePerson]:
    """Alice with two enquiries and an account that did something; Bob, whose address is the one Alice's becomes."""
    found = [made.person(name, now - timedelta(days=30)) for name in ("alice", "bob")]
    for who in found:
        for label in ("website.enquiry", "website.enquiry", "website.user", "admin.logentry"):
            made.MAKERS[label](who, now - made.RECENT)
    Enquiry.objects.filter(email=found[1].email).update(email=NEW)
    return found


def corrected(dpo_client: Client, who: made.SamplePerson, now: datetime, *rights: Right) -> SubjectRequest:
    subject_request = checked(
        ask(now, Right.RECTIFICATION, *rights, email=who.email, details="My address."), now
    )
    correct(
        dpo_client, subject_request, Enquiry.objects.filter(email=who.email).order_by("pk")[0], "email", NEW
    )
    correct(dpo_client, subject_request, User.objects.get(email=who.email), "email", "alice.new@example.com")
    do(dpo_client, subject_request, "grant")
    return subject_request


def counted(data: bytes) -> dict[str, int]:
    found = {each["name"]: len(each["records"]) for each in json.loads(data)["holdings"]}
    return {name: found[name] for name in ("website.enquiry", "website.user", "admin.logentry")}


def test_the_copy_holds_rows_with_a_corrected_address_and_nothing_of_whom_the_address_was(
    dpo_client, people, now
):
    alice, bob = people
    subject_request = corrected(dpo_client, alice, now, Right.ACCESS, Right.PORTABILITY)
    assert delivery.build_packages(now=now) == 1
    files = unpacked(subject_request)
    assert counted(files["data.json"]) == {"website.enquiry": 2, "website.user": 1, "admin.logentry": 1}
    assert bob.canary not in files["data.json"].decode() + files["portable.json"].decode()
    portable = {each["name"]: len(each["records"]) for each in json.loads(files["portable.json"])["holdings"]}
    assert portable["website.user"] == 1


def test_the_erasure_takes_rows_with_a_corrected_address_and_nothing_of_whom_the_address_was(
    dpo_client, people, now
):
    alice, bob = people
    rows = list(Enquiry.objects.filter(email=alice.email).values_list("pk", flat=True))
    account = User.objects.get(email=alice.email).pk
    subject_request = corrected(dpo_client, alice, now, Right.ERASURE)
    assert subject_request.state == RequestState.ANSWERED
    assert not Enquiry.objects.filter(pk__in=rows).exists()
    assert not User.objects.filter(pk=account).exists()
    assert Enquiry.objects.filter(email=NEW).count() == 2
    assert User.objects.filter(email=bob.email).exists()


@pytest.mark.parametrize("is_restricted_before", [True, False])
def test_what_is_restricted_stays_so_under_its_new_address(dpo_client, people, now, is_restricted_before):
    alice = people[0]
    if is_restricted_before:
        decisions.grant(
            checked(ask(now, Right.RESTRICTION, email=alice.email, details="I contest it."), now).pk, now=now
        )
        subject_request = corrected(dpo_client, alice, now)
    else:
        subject_request = corrected(dpo_client, alice, now, Right.RESTRICTION)
    assert subject_request.state == RequestState.ANSWERED
    row = Enquiry.objects.get(email=NEW, surname=alice.canary)
    assert row not in usable(Enquiry.objects.all(), now)
    assert restriction.lift(*restriction.in_force(subject_request.subject()), now=now)
    assert row in usable(Enquiry.objects.all(), now)


def test_what_is_held_stays_so_under_its_new_address(dpo_client, people, now):
    alice, review_on = people[0], (now + timedelta(days=400)).date()
    holds.place(email=alice.email, reason="A dispute is open.", review_on=review_on, now=now)
    corrected(dpo_client, alice, now)
    row = Enquiry.objects.get(email=NEW, surname=alice.canary)
    held = holding(Enquiry)
    assert holds.protected_keys(held, held.rows().filter(pk=row.pk)) == {row.pk}
    assert holds.is_held("alice.new@example.com")
    assert set(Hold.objects.values_list("reason", "review_on")) == {("A dispute is open.", review_on)}
    assert Hold.objects.count() == 3


def test_a_row_with_a_corrected_address_that_is_kept_back_stays(dpo_client, people, now):
    alice = people[0]
    subject_request = checked(
        ask(now, Right.RECTIFICATION, Right.ERASURE, email=alice.email, details="My address."), now
    )
    row = Enquiry.objects.filter(email=alice.email).order_by("pk")[0]
    correct(dpo_client, subject_request, row, "email", NEW)
    kept = {"ground": "CLAIMS", "reason": "A dispute is open."}
    do(dpo_client, subject_request, "reserve", right="ERASURE", holding=f"website.enquiry {row.pk}", **kept)
    do(dpo_client, subject_request, "grant")
    row.refresh_from_db()
    assert row.email == NEW
    assert not Enquiry.objects.filter(email=alice.email).exists()
