"""From the invitation to an account of one's own."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client

from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.mail.models import Mail
from softnlabs.website.accounts import invitations
from softnlabs.website.accounts.invitation_models import Invitation
from softnlabs.website.accounts.models import User
from tests import actors

pytestmark = pytest.mark.django_db
NEW = "new@example.org"
CHOSEN = "quiet river stones at noon"
FILLED = {"first_name": "Noa", "surname": "New", "password1": CHOSEN, "password2": CHOSEN}
JOIN = "/account/invitation/"


@pytest.fixture
def group() -> Group:
    return Group.objects.get_or_create(name="recruiter")[0]


def link(email: str = NEW) -> str:
    mail = Mail.objects.filter(message="invitation", to=email).latest("written_at")
    found = re.search(r"https?://[^/\s]+(\S*/account/invitation/\S+/)", mail.text)
    assert found
    return found[1]


def invite(client: Client, **facts: object) -> None:
    typed = {"email": NEW.upper(), "groups": ["recruiter"], "language": "fr", **facts}
    answer = client.post("/admin/website/invitation/add/", typed)
    assert answer.status_code == 302, answer.context["adminform"].form.errors


def test_whoever_is_invited_joins_with_a_password_of_their_own(
    dpo_client: Client, group: Group, client: Client
):
    invite(dpo_client)
    assert Mail.objects.get(message="invitation").language == "fr"
    assert not User.objects.filter(email=NEW).exists(), "there is no account before they join"
    opened = client.get(link())
    assert opened.url == f"/fr{JOIN}", "the token does not stay in the address"
    assert NEW in client.get(JOIN).text
    weak = client.post(JOIN, {**FILLED, "password1": "password", "password2": "password"})
    assert weak.status_code == 200
    assert not User.objects.filter(email=NEW).exists()
    assert client.post(JOIN, FILLED).url == "/admin/"
    new = User.objects.get(email=NEW)
    assert (new.is_staff, new.is_superuser, new.must_change_password) == (True, False, False)
    assert list(new.groups.all()) == [group]
    assert new.check_password(CHOSEN)
    assert client.get("/admin/").url == "/account/second-step/"
    assert not Invitation.objects.exists()
    actions = AuditEntry.objects.filter(action__startswith="website.account.").order_by("pk")
    assert [entry.action for entry in actions] == ["website.account.invited", "website.account.joined"]
    assert "new@" not in str([vars(entry) for entry in actions])


def test_the_list_masks_who_is_invited_and_names_groups_in_the_language_of_whoever_reads(
    dpo_client: Client, group: Group
):
    invite(dpo_client)
    form, page = (dpo_client.get(f"/fr/admin/website/invitation/{each}").text for each in ("add/", ""))
    assert 'value="recruiter"' in form
    assert all("ecrutement" in each and "recruiter</" not in each for each in (form, page))
    assert NEW not in page, "not even as what a screen reader says of a box to tick"


def test_the_link_works_once(dpo_client: Client, group: Group):
    invite(dpo_client)
    first, second = Client(), Client()
    for browser in (first, second):
        browser.get(link())
    first.post(JOIN, FILLED)
    other = {**FILLED, "password1": "another quiet phrase", "password2": "another quiet phrase"}
    assert second.post(JOIN, other).status_code == 410
    assert User.objects.get(email=NEW).check_password(CHOSEN)


def test_it_ends_after_a_week(dpo_client: Client, group: Group, client: Client):
    now = datetime.fromisoformat("2026-11-23T10:00:00+00:00")
    with time_machine.travel(now, tick=False) as clock:
        actors.sign_in(dpo_client, User.objects.get())
        invite(dpo_client)
        client.get(link())
        clock.shift(timedelta(days=7))
        assert client.get(JOIN).status_code == 410


def test_whoever_is_invited_again_has_one_link_that_works(dpo_client: Client, group: Group, client: Client):
    invite(dpo_client)
    old = link()
    invite(dpo_client)
    client.get(old)
    assert client.get(JOIN).status_code == 410
    client.get(link())
    assert client.get(JOIN).status_code == 200


def test_an_invitation_is_withdrawn(dpo_client: Client, group: Group, client: Client):
    invite(dpo_client)
    dpo_client.post(f"/admin/website/invitation/{Invitation.objects.get().pk}/delete/", {"post": "yes"})
    client.get(link())
    assert client.get(JOIN).status_code == 410
    assert AuditEntry.objects.filter(action="website.account.invitation_withdrawn").exists()


@pytest.mark.parametrize("path", [JOIN, f"{JOIN}not-a-token/"])
def test_without_an_invitation_there_is_nothing(client: Client, path: str):
    client.get(path)
    assert client.get(JOIN).status_code == 410
    assert client.post(JOIN, FILLED).status_code == 410


def test_an_account_that_is_there_is_not_invited(dpo_client: Client, clerk: User):
    typed = {"email": clerk.email, "language": "en"}
    answer = dpo_client.post("/admin/website/invitation/add/", typed)
    assert "There is an account with this address" in answer.text
    with trail.acting("user:1", "test"), pytest.raises(invitations.HasAccountError):
        invitations.invite(
            email=clerk.email, groups=[], language="en", now=datetime.fromisoformat("2026-11-23")
        )


def test_only_superusers_invite_and_only_after_a_recent_sign_in(dpo_client: Client, clerk: User, settings):
    staff = Client()
    actors.sign_in(staff, clerk)
    assert staff.get("/admin/website/invitation/add/").status_code == 403
    settings.RECENT_SIGN_IN = timedelta()
    assert dpo_client.get("/admin/website/invitation/add/").url.startswith("/account/sign-in-again/")


def test_joining_signs_out_whoever_was_signed_in(dpo_client: Client, group: Group, dpo: User):
    invite(dpo_client)
    dpo_client.get(link())
    dpo_client.post(JOIN, FILLED)
    assert dpo_client.session["_auth_user_id"] == str(User.objects.get(email=NEW).pk)
    assert dpo_client.get("/admin/").status_code == 302


def test_an_invitation_is_closed_to_a_superuser_without_training(dpo_client: Client, group: Group):
    """An address is personal data, and nothing but a permission stood before it."""
    invite(dpo_client)
    invitation = Invitation.objects.get()
    untrained, page = Client(), "/admin/website/invitation/"
    actors.sign_in(untrained, User.objects.create_superuser("super@example.org", actors.PHRASE))
    for address in (page, f"{page}add/", f"{page}{invitation.pk}/change/", f"{page}{invitation.pk}/delete/"):
        answer = untrained.get(address)
        assert answer.status_code in {403, 404}
        assert NEW not in answer.text
    listed = dpo_client.get(f"/fr{page}").text
    assert NEW not in listed
    assert "recrutement" in listed.lower()
