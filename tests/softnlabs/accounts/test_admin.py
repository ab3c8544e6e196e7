"""Accounts at the desk: rights are given by the controller alone."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from privacy.audit.models import AuditEntry
from softnlabs.website.accounts.models import User
from tests import actors

pytestmark = pytest.mark.django_db
PHRASE = "a phrase of one's own, long"


@pytest.fixture
def staff_client(clerk: User) -> Client:
    """Staff who care for accounts and roles, without being the controller."""
    rights = Permission.objects.filter(content_type__model__in=["user", "group"])
    actors.train(clerk)
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


def test_a_client_who_becomes_staff_chooses_a_longer_password(dpo_client: Client):
    alice = User.objects.create_user("alice@example.org", "ten things")
    form_data = {"email": alice.email, "is_active": "on", "is_staff": "on"}
    for _time in range(2):  # the second one changes nothing of it
        assert dpo_client.post(address_of(alice), form_data).status_code == 302
    browser = Client()
    browser.post("/account/sign-in/", {"username": alice.email, "password": "ten things"})
    assert browser.get("/account/").url == "/account/password/"
    assert browser.get("/admin/").url == "/admin/password_change/"
    typed = {"old_password": "ten things", "new_password1": "other ways", "new_password2": "other ways"}
    assert "fewer than 12" in browser.post("/account/password/", typed).text
    typed |= {"new_password1": PHRASE, "new_password2": PHRASE}
    assert browser.post("/account/password/", typed).status_code == 302
    assert browser.get("/account/").status_code == 200


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


def test_a_password_that_the_controller_typed_is_good_once(dpo_client: Client):
    facts = {"email": "new@example.org", "usable_password": "true", "password1": PHRASE, "password2": PHRASE}
    dpo_client.post("/admin/website/user/add/", facts)
    new = User.objects.get(email="new@example.org")
    assert new.must_change_password
    new.set_password("a password of one's own")
    new.save()
    browser = Client()
    actors.sign_in(browser, new)
    dpo_client.post(address_of(new, "password"), facts)
    new.refresh_from_db()
    assert new.check_password(PHRASE)
    assert new.must_change_password
    assert not new.sessions.exists()
    assert browser.get("/account/").status_code == 302


def test_ones_own_password_is_changed_where_the_present_one_is_asked_for(dpo_client: Client, dpo: User):
    assert dpo_client.get(address_of(dpo, "password")).url == "/account/password/"


def test_the_controller_ends_the_sessions_of_anybody(dpo_client: Client, clerk: User, now):
    browser = Client()
    actors.sign_in(browser, clerk)
    page = dpo_client.get(address_of(clerk)).text
    assert "End all sessions" in page
    dpo_client.post(f"/admin/website/user/{clerk.pk}/sessions/end/")
    assert browser.get("/account/").status_code == 302
    assert dpo_client.get("/admin/").status_code == 200
    assert AuditEntry.objects.get(action="website.session.ended").key == str(clerk.pk)


def test_who_cares_for_accounts_does_not_end_sessions_of_staff(staff_client: Client, dpo: User):
    actors.sign_in(Client(), dpo)
    assert staff_client.post(f"/admin/website/user/{dpo.pk}/sessions/end/").status_code == 404
    assert dpo.sessions.exists()


@pytest.mark.parametrize("page", ["change", "delete", "password"])
def test_the_rights_of_others_ask_for_a_recent_sign_in(dpo_client: Client, clerk: User, settings, page: str):
    settings.RECENT_SIGN_IN = timedelta()
    group = Group.objects.create(name="readers")
    for address in (
        address_of(clerk, page),
        f"/admin/auth/group/{group.pk}/change/",
        "/admin/website/user/add/",
    ):
        assert dpo_client.get(address).url.startswith("/account/sign-in-again/"), address
        assert dpo_client.post(address).status_code == 307
    for address in ("/admin/website/user/", f"/admin/website/user/{clerk.pk}/sessions/end/"):
        typed = {"action": "delete_selected", "_selected_action": [clerk.pk], "post": "yes"}
        assert dpo_client.post(address, typed).status_code == 307
    assert dpo_client.get("/admin/website/user/").status_code == 200
