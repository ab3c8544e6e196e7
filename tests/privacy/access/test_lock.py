"""No valid training, no personal data: at the instant at which it ends, whoever asks, by whatever way."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client

from privacy.access import expiry, groups, lock
from privacy.access.groups import StaffGroup
from privacy.access.models import Training
from privacy.datamap.registry import holdings
from privacy.mail.models import Mail
from privacy.management.commands import subject
from softnlabs.website.accounts import leaving, staff_factor
from softnlabs.website.accounts.models import User
from softnlabs.website.accounts.session_models import AccountSession
from tests import actors
from tests.conftest import ALICE, BOB
from tests.softnlabs.enquiries.factories import make_enquiry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
ON_PEOPLE = [name for known in holdings() for name in lock.permissions_of(known.model)]
OWN_WORDS = ["privacy.export_processor", "privacy.run_purge"]  # of models that are about nobody
LAST = date(2026, 10, 24)  # the clocks go back in the night that follows
ENDS = datetime(2026, 10, 24, 22, tzinfo=UTC)


def again(user: User) -> User:
    """As the next request reads the account."""
    return User.objects.get(pk=user.pk)


def trained_until(user: User, last_day: date) -> User:
    actors.train(user)
    Training.objects.filter(account=user.pk).update(expires_at=expiry.ends_at(last_day))
    return again(user)


@pytest.fixture
def superuser(db) -> User:
    return User.objects.create_superuser("super@example.org", actors.PHRASE)


@pytest.mark.parametrize("permission", ON_PEOPLE + OWN_WORDS)
def test_a_superuser_without_training_has_no_permission_on_people(superuser: User, permission: str):
    assert not superuser.has_perm(permission)
    assert not superuser.has_perms(["auth.view_group", permission])
    assert actors.train(superuser).has_perm(permission)


def test_what_nobody_declared_to_be_about_nobody_is_closed(superuser: User):
    assert not superuser.has_perm("another.view_thing")
    assert not superuser.has_perm("no permission at all")
    assert not superuser.has_perm("")


def test_what_is_about_nobody_stays_open(superuser: User):
    for permission in ("privacy.view_promiseresult", "recruitment.change_offer", "consent.view_campaign"):
        assert superuser.has_perm(permission)


def test_an_app_of_which_everything_is_about_people_is_not_listed(superuser: User):
    assert superuser.has_module_perms("recruitment")
    assert not superuser.has_module_perms("sessions")
    assert not superuser.has_module_perms("another")
    assert actors.train(superuser).has_module_perms("sessions")


def test_the_lock_holds_where_permissions_are_asked_asynchronously(superuser: User, monkeypatch):
    vars(superuser)["trained_until"] = None  # no query within the loop
    monkeypatch.setattr(lock, "sync_to_async", _awaitable)
    assert not asyncio.run(superuser.ahas_perm("website.view_enquiry"))
    assert not asyncio.run(superuser.ahas_module_perms("sessions"))


def _awaitable(function):
    async def called(*arguments):
        return function(*arguments)

    return called


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (ENDS - timedelta(days=30), True),
        (ENDS - timedelta(microseconds=1), True),
        (ENDS, False),
        (ENDS + timedelta(hours=1), False),
    ],
)
@pytest.mark.parametrize("is_superuser", [True, False])
def test_it_closes_at_the_instant_at_which_the_training_ends(at: datetime, is_open: bool, is_superuser: bool):
    make = actors.make_controller if is_superuser else actors.make_staff
    user = make("staff@example.org")
    user.user_permissions.add(Permission.objects.get(codename="view_enquiry"))
    user = trained_until(user, LAST)
    with time_machine.travel(at, tick=False):
        assert user.has_perm("website.view_enquiry") is is_open


def test_it_closes_within_one_object_too(superuser: User):
    """What was read of the account is no answer for later: only the end of the training is remembered."""
    user = trained_until(superuser, LAST)
    with time_machine.travel(ENDS - timedelta(seconds=1), tick=False) as clock:
        assert user.has_perm("website.view_enquiry")
        clock.shift(timedelta(seconds=1))
        assert not user.has_perm("website.view_enquiry")
        assert not user.has_module_perms("sessions")


def test_a_training_that_is_still_to_come_opens_nothing(superuser: User):
    user = trained_until(superuser, LAST)
    Training.objects.update(held_on=LAST)
    with time_machine.travel(ENDS - timedelta(hours=25), tick=False):
        assert not again(user).has_perm("website.view_enquiry")
    with time_machine.travel(ENDS - timedelta(hours=23), tick=False):
        assert again(user).has_perm("website.view_enquiry")


def test_somebody_elses_training_opens_nothing(superuser: User):
    actors.train(actors.make_staff("trained@example.org"))
    assert not again(superuser).has_perm("website.view_enquiry")


def test_the_training_is_read_once_for_many_questions(superuser: User, django_assert_num_queries):
    user = again(actors.train(superuser))
    with django_assert_num_queries(1):
        assert all(user.has_perm(each) for each in ON_PEOPLE)


def test_the_desk_shows_nobody_to_a_superuser_without_training(superuser: User, client: Client, now):
    enquiry = make_enquiry(ALICE, received_at=now)
    make_enquiry(BOB, received_at=now)
    actors.sign_in(client, superuser)
    for page, status in {"": 403, f"{enquiry.pk}/change/": 404, f"{enquiry.pk}/contacted/": 404}.items():
        answer = client.get(f"/admin/website/enquiry/{page}")
        assert answer.status_code == status
        assert ALICE not in answer.text
        assert BOB not in answer.text
    assert client.get("/admin/website/user/").status_code == 403
    assert client.get("/admin/privacy/training/").status_code == 403


def test_staff_of_the_service_company_see_no_people_trained_or_not():
    user = actors.make_member("service@example.org", StaffGroup.SERVICE_COMPANY)
    assert user.has_perm("privacy.view_promiseresult")
    assert [each for each in ON_PEOPLE + OWN_WORDS if user.has_perm(each)] == []


def test_staff_of_the_service_company_see_the_figures_of_a_purge_and_no_pseudonym(client: Client):
    Mail.objects.create(to=ALICE, message="test", language="en", written_at=datetime(2020, 1, 1, tzinfo=UTC))
    actors.sign_in(client, actors.make_member("service@example.org", StaffGroup.SERVICE_COMPANY))
    page = "/admin/privacy/purgerun"
    preview = client.get(f"{page}/preview/")
    assert preview.status_code == 200
    assert f"{page}/due/" not in preview.text
    assert client.get(f"{page}/due/privacy.mail/").status_code == 404


def test_the_command_that_looks_people_up_asks_for_a_training(superuser: User, monkeypatch):
    monkeypatch.setattr(subject.getpass, "getpass", lambda _prompt: actors.PHRASE)
    options = {"operator": superuser.email, "reason": "A question of hers", "stdout": StringIO()}
    with pytest.raises(CommandError):
        call_command("subject", ALICE, **options)
    actors.train(superuser)
    call_command("subject", ALICE, **options)


def test_nothing_asks_permissions_past_the_lock():
    """Whoever reads the tables of permissions, or asks for all of them, would not meet it."""
    past = ("get_all_permissions", "get_user_permissions", "get_group_permissions", "with_perm(")
    root = Path(__file__).parents[3]
    paths = [
        path
        for app in ("privacy", "dsr", "consent", "recruitment", "softnlabs")
        for path in (root / app).rglob("*.py")
    ]
    assert [str(path) for path in paths if any(word in path.read_text() for word in past)] == []


def test_who_leaves_is_refused_from_the_next_request_on(client: Client, now):
    user = actors.make_member("support@example.org", StaffGroup.SUPPORT)
    actors.sign_in(client, user)
    assert client.get("/admin/website/enquiry/").status_code == 200
    leaving.end_access(user, now=now)
    assert client.get("/admin/website/enquiry/").status_code == 302
    assert client.get("/account/").status_code == 302
    gone = again(user)
    assert not gone.has_perm("website.view_enquiry")
    assert not gone.groups.exists()
    assert not gone.check_password(actors.PHRASE)
    assert not gone.sessions.exists()
    assert not staff_factor.is_set_up(gone)
    assert Training.objects.of(user.pk).exists()


def test_who_leaves_and_is_let_in_again_is_asked_to_sign_in(client: Client, now):
    """The old session is good for nothing, even when the account is switched on again."""
    user = actors.make_member("support@example.org", StaffGroup.SUPPORT)
    actors.sign_in(client, user)
    leaving.end_access(user, now=now)
    User.objects.filter(pk=user.pk).update(is_active=True, is_staff=True)
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("way", ["untick", "delete", "end_access"])
def test_leaving_by_any_way_ends_the_sessions_at_once(dpo_client: Client, client: Client, way: str):
    user = actors.make_member("support@example.org", StaffGroup.SUPPORT)
    actors.sign_in(client, user)
    page = f"/admin/website/user/{user.pk}"
    sent = {
        "untick": (f"{page}/change/", {"email": user.email, "is_staff": "on"}),
        "delete": (f"{page}/delete/", {"post": "yes"}),
        "end_access": ("/admin/website/user/", {"action": "end_access", "_selected_action": [user.pk]}),
    }
    assert dpo_client.post(*sent[way]).status_code == 302
    assert not AccountSession.objects.filter(account=user.pk).exists()
    assert client.get("/admin/").status_code == 302
    assert Authenticator.objects.filter(user=user.pk).exists() is (way == "untick")


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_a_switch_at_the_desk_is_enough(client: Client, change: dict[str, bool]):
    user = actors.make_member("support@example.org", StaffGroup.SUPPORT)
    actors.sign_in(client, user)
    User.objects.filter(pk=user.pk).update(**change)
    assert client.get("/admin/website/enquiry/").status_code == 302
    assert not again(user).has_perm("website.view_enquiry")
    assert not again(user).has_module_perms("website")


def test_the_controller_ends_the_access_of_others_and_never_their_own(dpo_client, dpo, clerk):
    chosen = {"action": "end_access", "_selected_action": [clerk.pk, dpo.pk]}
    assert dpo_client.post("/admin/website/user/", chosen).status_code == 302
    assert (again(clerk).is_active, again(dpo).is_active) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_the_groups_are_set_back_after_each_migrate():
    sales = groups.Group.objects.get(name="sales")
    sales.permissions.set(Permission.objects.filter(codename="view_application"))
    groups.Group.objects.get(name="support").delete()
    own = groups.Group.objects.create(name="Trainees")
    own.permissions.add(Permission.objects.get(codename="view_offer"))
    assert groups.differing() == [StaffGroup.SALES, StaffGroup.SUPPORT]
    for _twice in range(2):
        call_command("migrate", verbosity=0)
        assert groups.differing() == []
        assert groups.given_to("Trainees") == {"recruitment.view_offer"}
