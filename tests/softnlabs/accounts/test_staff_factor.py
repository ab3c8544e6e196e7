"""The desk opens with a second factor alone, whoever knocks."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from privacy.audit.models import AuditEntry
from privacy.mail.models import Mail
from softnlabs import settings as of_the_site
from softnlabs.website.accounts.models import User
from softnlabs.website.accounts.recovery_codes import HashedCodes
from tests import actors

pytestmark = pytest.mark.django_db
SET_UP = "/account/second-step/"
APP = "/account/second-step/app/"
PAGES = ("/admin/", "/admin/website/user/", "/admin/dsr/subjectrequest/", "/admin/jsi18n/", "/fr/admin/")


def signed_in(user: User) -> Client:
    """By the password, as far as it leads."""
    client = Client()
    client.post("/account/sign-in/", {"username": user.email, "password": actors.PHRASE})
    return client


def key_on(page: str) -> str:
    found = re.search(r"<code>([A-Z2-7]+)</code>", page)
    assert found
    return found[1]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["dpo", "clerk"])
def test_without_one_each_page_of_the_desk_leads_to_setting_it_up(request, role: str, page: str):
    client = signed_in(request.getfixturevalue(role))
    for answer in (client.get(page), client.post(page, {"q": "x"})):
        assert answer.status_code == 302
        assert answer.url.endswith(SET_UP)


@pytest.mark.django_db(transaction=True)  # allauth says so once it stands
def test_it_is_set_up_by_a_code_and_opens_the_desk(dpo: User):
    client = signed_in(dpo)
    page = client.get(APP).text
    assert "<svg" in page
    assert "data:" not in page.partition("<main")[2], "our content policy shows no such picture"
    wrong = client.post(APP, {"code": "000000"})
    assert wrong.status_code == 200
    assert not Authenticator.objects.exists()
    secret = key_on(wrong.text)
    assert secret == key_on(page), "the picture that was scanned counts on"
    assert client.post(APP, {"code": actors.code(secret)}).url == "/account/second-step/codes/"
    codes = client.get("/account/second-step/codes/").text
    assert codes.count("<code>") == 10
    assert "<code>" not in client.get("/account/second-step/codes/").text, "they are shown once"
    assert client.get("/admin/").status_code == 200
    assert AuditEntry.objects.get(action="website.account.app_added").key == str(dpo.pk)


def test_a_session_from_before_it_was_set_up_is_asked_for_it(dpo: User):
    early = signed_in(dpo)
    actors.sign_in(Client(), dpo)  # elsewhere they set it up
    assert early.get("/admin/?p=1").url == "/account/again/code/?next=%2Fadmin%2F%3Fp%3D1"
    early.post("/account/again/code/", {"code": actors.code(), "next": "/admin/?p=1"})
    assert early.get("/admin/").status_code == 200


def test_recovery_codes_alone_are_no_second_factor(dpo: User):
    HashedCodes.activate(dpo)
    assert signed_in(dpo).get("/admin/").status_code == 302


def test_what_another_account_showed_in_this_browser_does_not_count(dpo: User, clerk: User):
    client = Client()
    actors.sign_in(client, clerk)
    session = client.session
    session["second_factor"] = dpo.pk
    session.save()
    assert client.get("/admin/").status_code == 302


def test_the_controller_takes_off_that_of_another(dpo_client: Client, dpo: User, clerk: User):
    other = Client()
    actors.sign_in(other, clerk)
    assert "Take off the second step" in dpo_client.get(f"/admin/website/user/{clerk.pk}/change/").text
    dpo_client.post(f"/admin/website/user/{clerk.pk}/second-factor/reset/")
    assert not Authenticator.objects.filter(user=clerk).exists()
    assert Authenticator.objects.filter(user=dpo).exists()
    assert other.get("/admin/").url.startswith("/admin/login/")
    assert AuditEntry.objects.get(action="website.second_factor.reset").actor == f"user:{dpo.pk}"
    assert Mail.objects.get(message="second_factor_reset").to == clerk.email
    assert signed_in(clerk).get("/admin/").url == SET_UP


def test_nobody_takes_off_their_own_at_the_desk(dpo_client: Client, dpo: User):
    assert dpo_client.post(f"/admin/website/user/{dpo.pk}/second-factor/reset/").status_code == 404
    assert Authenticator.objects.exists()


def test_the_controller_who_lost_it_is_helped_on_the_server(dpo: User):
    actors.sign_in(Client(), dpo)
    call_command("reset_second_factor", "Controller@Example.org", verbosity=0)
    assert not Authenticator.objects.exists()
    assert not dpo.sessions.exists()
    assert (
        AuditEntry.objects.get(action="website.second_factor.reset").source == "command:reset_second_factor"
    )
    assert Mail.objects.get().to == dpo.email
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "nobody@example.org")


def test_a_step_of_another_account_does_not_make_the_sign_in_of_this_browser_recent(
    dpo: User, clerk: User, settings
):
    """Somebody sits down at a desk left open, and signs in half-way as themselves."""
    settings.RECENT_SIGN_IN = of_the_site.RECENT_SIGN_IN
    actors.sign_in(Client(), clerk)
    desk = Client()
    actors.sign_in(desk, dpo)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert desk.get("/account/address/").status_code == 302
        desk.post("/admin/login/", {"username": clerk.email, "password": actors.PHRASE})
        assert desk.session["_auth_user_id"] == str(dpo.pk)
        assert desk.get("/account/address/").status_code == 302
