"""What a signed-in person is refused: on record once a minute for each kind of page, and never for a stranger."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from privacy.audit.models import AuditEntry
from softnlabs.website.accounts.models import User
from tests import actors
from tests.conftest import ALICE

pytestmark = pytest.mark.django_db


def recorded() -> list[tuple[str, str]]:
    rows = AuditEntry.objects.filter(action="privacy.access.refused").order_by("id")
    return list(rows.values_list("actor", "source"))


@pytest.fixture
def clerk_client(clerk: User) -> Client:
    client = Client()
    actors.sign_in(client, clerk)
    return client


def test_staff_without_the_permission_is_on_record_with_the_kind_of_page(clerk, clerk_client):
    assert clerk_client.get("/admin/privacy/mail/").status_code == 403
    assert clerk_client.get("/fr/admin/privacy/mail/").status_code == 403
    assert recorded() == [
        (f"user:{clerk.pk}", "web:GET /admin/privacy/mail/"),
        (f"user:{clerk.pk}", "web:GET /fr/admin/privacy/mail/"),
    ]


def test_an_account_that_may_not_work_at_the_desk_is_on_record(db):
    client, alice = Client(), User.objects.create_user(ALICE, actors.PHRASE)
    actors.sign_in(client, alice)
    assert client.get("/admin/privacy/mail/").status_code == 302
    assert recorded() == [(f"user:{alice.pk}", "web:GET /admin/privacy/mail/")]


def test_a_stranger_leaves_nothing_in_the_trail(client):
    assert client.get("/admin/privacy/mail/").status_code == 302
    assert Client(enforce_csrf_checks=True).post("/contact/", {}).status_code == 403
    assert recorded() == []


def test_what_one_may_open_leaves_no_refusal(dpo_client):
    assert dpo_client.get("/admin/privacy/mail/").status_code == 200
    assert dpo_client.get("/admin/logout/").status_code == 405
    dpo_client.post("/admin/logout/")
    assert recorded() == []


def test_a_flood_is_one_entry_a_minute_for_each_kind_of_page(clerk_client):
    begin = timezone.now()
    with time_machine.travel(begin, tick=False):
        for number in range(20):
            clerk_client.get(f"/admin/privacy/mail/{number}/change/")
    with time_machine.travel(begin + timedelta(seconds=61), tick=False):
        clerk_client.get("/admin/privacy/mail/1/change/")
        clerk_client.get("/admin/privacy/mail/")
    one = "web:GET /admin/privacy/mail/<path:object_id>/change/"
    assert [source for _actor, source in recorded()] == [one, one, "web:GET /admin/privacy/mail/"]


def test_each_person_is_on_record(clerk_client):
    other = Client()
    actors.sign_in(other, actors.make_staff("other@example.org"))
    for client in (clerk_client, other):
        client.get("/admin/privacy/mail/")
    assert len({actor for actor, _source in recorded()}) == 2


def test_the_refusal_itself_does_not_depend_on_the_record(clerk_client, monkeypatch, caplog):
    def fail(*_facts: object, **_named: object) -> None:
        raise DatabaseError("alice@example.org")

    monkeypatch.setattr("privacy.audit.trail.record", fail)
    assert clerk_client.get("/admin/privacy/mail/").status_code == 403
    assert "could not be recorded" in caplog.text
    assert ALICE not in caplog.text


def test_the_trail_says_it_in_words(clerk_client, dpo_client):
    clerk_client.get("/admin/privacy/mail/")
    entry = AuditEntry.objects.get(action="privacy.access.refused")
    assert entry.get_action_display() == "a page was refused to an account that may not open it"
    with override("fr"):
        assert "refusée" in entry.get_action_display()
    assert "a page was refused" in dpo_client.get("/admin/privacy/auditentry/").text
