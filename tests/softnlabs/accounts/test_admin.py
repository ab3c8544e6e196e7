"""Accounts at the desk: rights are given by the controller alone."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from softnlabs.website.accounts.models import User
from tests import actors

pytestmark = pytest.mark.django_db
PHRASE = "a phrase of one's own, long"


@pytest.fixture
def staff_client(clerk: User) -> Client:
    """Staff who care for accounts and roles, without being the controller."""
    rights = Permission.objects.filter(content_type__model__in=["user", "group"])
    clerk.user_permissions.add(*rights)
    client = Client()
    actors.sign_in(client, clerk)
    return client


def address_of(user: User, page: str = "change") -> str:
    return f"/admin/website/user/{user.pk}/{page}/"


def test_nobody_gives_rights_to_themselves(staff_client: Client, clerk: User):
    form_data = {"email": clerk.email, "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    assert staff_client.post(address_of(clerk), form_data).status_code == 404
    clerk.refresh_from_db()
    assert not clerk.is_superuser


@pytest.mark.parametrize("page", ["change", "delete", "password"])
def test_the_account_of_the_controller_is_out_of_reach(staff_client: Client, dpo: User, page: str):
    form_data = {"post": "yes", "usable_password": "true", "password1": PHRASE, "password2": PHRASE}
    assert staff_client.post(address_of(dpo, page), form_data).status_code == 404
    assert not Client().login(email=dpo.email, password=PHRASE)


def test_a_client_can_be_cared_for_without_becoming_staff(staff_client: Client):
    alice = User.objects.create_user("alice@example.org", PHRASE)
    form_data = {
        "email": alice.email,
        "first_name": "Alice",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
    }
    assert staff_client.post(address_of(alice), form_data).status_code == 302
    alice.refresh_from_db()
    assert (alice.first_name, alice.is_staff, alice.is_superuser) == ("Alice", False, False)


@pytest.mark.parametrize("action", ["delete", "delete_selected"])
def test_only_the_controller_deletes_accounts(staff_client: Client, dpo: User, action: str):
    if action == "delete":
        assert staff_client.post(address_of(dpo, "delete"), {"post": "yes"}).status_code == 404
    else:
        form_data = {"action": "delete_selected", "_selected_action": [dpo.pk], "post": "yes"}
        staff_client.post("/admin/website/user/", form_data)
    assert User.objects.filter(pk=dpo.pk).exists()


def test_roles_are_the_controllers(staff_client: Client):
    role = Group.objects.create(name="readers")
    assert staff_client.post(f"/admin/auth/group/{role.pk}/change/", {"name": "all"}).status_code == 404
    assert staff_client.post("/admin/auth/group/add/", {"name": "all"}).status_code == 403


@pytest.mark.parametrize("email", ["", "nope", "a@b", "a..b@example.org", "a@example.invalid"])
def test_a_mistyped_address_is_said_beside_its_field(dpo_client: Client, email: str):
    facts = {"email": email, "usable_password": "true", "password1": PHRASE, "password2": PHRASE}
    answer = dpo_client.post("/admin/website/user/add/", facts)
    assert answer.status_code == 200
    assert "email" in answer.context["adminform"].form.errors
    assert User.objects.count() == 1


def test_a_nul_in_a_query_is_a_bad_request(dpo_client: Client):
    assert dpo_client.get("/admin/privacy/auditentry/?action=%00").status_code == 400
