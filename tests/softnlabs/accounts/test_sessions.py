"""How long sessions last, and who ends them."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import settings as site_settings
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from privacy.audit.models import AuditEntry
from privacy.security.models import SignIn
from softnlabs import settings as of_the_site
from softnlabs.website.accounts import sessions
from softnlabs.website.accounts.models import User
from softnlabs.website.accounts.session_models import AccountSession
from tests import actors
from tests.conftest import ALICE, BOB

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sign_in_lasts")]
MINUTES = timedelta(minutes=1)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def clock(now: datetime):
    with time_machine.travel(now, tick=False) as travelling:
        yield travelling


@pytest.fixture
def alice() -> User:
    return User.objects.create_user(ALICE, actors.PHRASE)


def browser_of(user: User) -> Client:
    client = Client()
    actors.sign_in(client, user)
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


@pytest.mark.usefixtures("clock")
def test_a_session_that_nobody_uses_is_locked(dpo: User, alice: User, clock):
    desk, account = browser_of(dpo), browser_of(alice)
    clock.shift(of_the_site.IDLE_AT_DESK - MINUTES)
    assert desk.get("/admin/").status_code == 200
    clock.shift(of_the_site.IDLE_AT_DESK)
    assert desk.get("/admin/").url == "/account/sign-in-again/?next=%2Fadmin%2F"
    assert desk.get("/account/").url == "/account/sign-in-again/?next=%2Faccount%2F"
    assert is_in(account)
    clock.shift(of_the_site.IDLE_OF_CLIENTS)
    assert not is_in(account)


def test_a_locked_session_is_nobodys_on_the_pages_for_everybody(dpo: User, clock):
    desk = browser_of(dpo)
    clock.shift(of_the_site.IDLE_AT_DESK)
    page = desk.get("/")
    assert page.status_code == 200
    assert page.wsgi_request.user.is_anonymous


def test_what_was_typed_is_sent_on_once_it_is_open_again(dpo: User, clock):
    desk = browser_of(dpo)
    clock.shift(of_the_site.IDLE_AT_DESK)
    typed = {"name": "readers"}
    asked = desk.post("/admin/auth/group/add/", typed)
    assert asked.status_code == 307
    answer = {**typed, "again-answered": "1", "again-carries": "1", "again-password": actors.PHRASE}
    assert "readers" in desk.post(asked.url, typed).text
    back = desk.post(asked.url, answer)
    assert (back.status_code, back.url) == (307, "/admin/auth/group/add/")
    assert desk.post(back.url, answer).url == "/admin/auth/group/"


def test_no_session_outlasts_a_working_day(dpo: User, clock):
    desk = browser_of(dpo)
    for _use in range(47):
        clock.shift(15 * MINUTES)
        assert desk.get("/admin/").status_code == 200
        desk.session.save()
    clock.shift(15 * MINUTES)
    assert desk.get("/admin/").url.startswith("/admin/login/")
    assert "_auth_user_id" not in desk.session


@pytest.fixture
def over(dpo: User, clock) -> Client:
    """The desk of the controller, whose session has just reached its end while she typed."""
    desk = browser_of(dpo)
    for _use in range(48):
        clock.shift(15 * MINUTES)
        desk.get("/admin/") if _use < 47 else None
    return desk


AGAIN = {"again-answered": "1", "again-carries": "1"}


def test_what_was_typed_at_the_latest_end_is_sent_on_after_a_whole_sign_in(over: Client, dpo: User):
    typed = {"name": "readers"}
    asked = over.post("/admin/auth/group/add/", typed)
    assert (asked.status_code, asked.url) == (
        307,
        "/account/sign-in-again/?next=%2Fadmin%2Fauth%2Fgroup%2Fadd%2F",
    )
    page = over.post(asked.url, typed).text
    assert "Your session is over" in page
    assert "readers" in page
    answer = {**typed, **AGAIN, "again-password": actors.PHRASE, "again-code": actors.code()}
    session = over.session.session_key
    back = over.post(asked.url, answer)
    assert (back.status_code, back.url) == (307, "/admin/auth/group/add/")
    assert over.session.session_key != session
    assert over.post(back.url, answer).url == "/admin/auth/group/"
    assert AccountSession.objects.get().ends_at > timezone.now() + 11 * timedelta(hours=1)
    assert SignIn.objects.filter(account=dpo.pk, is_accepted=True).count() == 2


def test_nothing_is_sent_on_for_somebody_else_who_signed_in_meanwhile(over: Client, alice: User):
    page = over.post("/account/sign-in-again/?next=/account/", {"name": "readers"})
    stale = str(page.context["csrf_token"])
    over.handler.enforce_csrf_checks = True
    answer = {"name": "readers", **AGAIN, "again-password": actors.PHRASE, "csrfmiddlewaretoken": stale}
    signed_in = over.post(
        "/account/sign-in/", {"username": ALICE, "password": actors.PHRASE, "csrfmiddlewaretoken": stale}
    )
    assert signed_in.status_code == 302
    assert over.post("/account/sign-in-again/?next=/account/", answer).status_code == 403


@pytest.mark.parametrize(
    "proof",
    [
        {"again-password": actors.PHRASE},
        {"again-password": actors.PHRASE, "again-code": "000000"},
        {"again-password": "a wrong guess", "again-code": "of the app"},
        {"again-code": "of the app"},
    ],
)
def test_one_proof_is_not_enough_once_it_is_over(over: Client, proof: dict[str, str]):
    proof = {name: actors.code() if value == "of the app" else value for name, value in proof.items()}
    asked = over.post("/admin/auth/group/add/", {})
    answer = over.post(asked.url, {**AGAIN, **proof})
    assert answer.status_code == 200
    assert over.post("/admin/auth/group/add/", {"name": "readers"}).status_code == 307
    assert not Group.objects.filter(name="readers").exists()


def test_a_session_that_is_over_opens_no_page_and_is_gone_after_a_day(over: Client, clock):
    form = {"name": "readers"}
    clock.shift(timedelta(days=1))
    assert over.post("/admin/auth/group/add/", form).url.startswith("/admin/login/")
    assert "_auth_user_id" not in over.session


def test_a_file_that_cannot_go_along_is_named(dpo: User, clock):
    desk = browser_of(dpo)
    clock.shift(of_the_site.IDLE_AT_DESK)
    letter = SimpleUploadedFile("receipt.pdf", b"%PDF", content_type="application/pdf")
    asked = desk.post("/admin/auth/group/add/", {"name": "readers", "file": letter})
    letter.seek(0)
    page = desk.post(asked.url, {"name": "readers", "file": letter}).text
    assert "Files cannot go along: receipt.pdf." in page
    answer = {"name": "readers", **AGAIN, "again-files": "receipt.pdf", "again-password": "wrong"}
    assert "Files cannot go along: receipt.pdf." in desk.post(asked.url, answer).text


def test_ones_own_sessions_are_listed_and_ended(alice: User):
    here, elsewhere, bobs = browser_of(alice), Client(headers={"user-agent": FIREFOX}), browser_of(_bob())
    elsewhere.post("/account/sign-in/", {"username": ALICE, "password": actors.PHRASE})
    page = here.get("/account/sessions/").text
    assert "Firefox Linux" in page
    assert page.count("/end/") == 2  # of the other one, and of all others
    row = AccountSession.objects.get(browser="Firefox Linux")
    assert bobs.post(f"/account/sessions/{row.pk}/end/").status_code == 302
    assert is_in(elsewhere), "Bob ends his own sessions only"
    assert here.post(f"/account/sessions/{row.pk}/end/").status_code == 302
    assert not is_in(elsewhere)
    assert is_in(here)
    entry = AuditEntry.objects.get(action="website.session.ended")
    assert (entry.actor, entry.key, entry.detail) == (f"user:{alice.pk}", str(alice.pk), {"sessions": 1})


def test_all_others_are_ended_at_once(alice: User):
    here, others, bobs = browser_of(alice), [browser_of(alice) for _number in range(3)], browser_of(_bob())
    here.post("/account/sessions/end/")
    assert [is_in(each) for each in (here, *others, bobs)] == [True, False, False, False, True]


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_who_leaves_is_out_at_once_and_stays_out(clerk: User, change: dict[str, bool]):
    desk = browser_of(clerk)
    for name, value in change.items():
        setattr(clerk, name, value)
    clerk.save()
    assert not AccountSession.objects.exists()
    User.objects.update(is_active=True, is_staff=True)
    assert not is_in(desk)


def test_a_change_past_the_model_ends_it_too(clerk: User):
    desk = browser_of(clerk)
    User.objects.filter(pk=clerk.pk).update(is_staff=False)
    assert not is_in(desk)


def test_a_deleted_account_has_no_session(clerk: User):
    desk = browser_of(clerk)
    clerk.delete()
    assert not is_in(desk)
    assert not AccountSession.objects.exists()


def test_signing_out_ends_it_and_leaves_the_choices_of_the_visitor(alice: User):
    here = browser_of(alice)
    here.cookies["choices"] = "of the visitor"
    session = here.cookies[site_settings.SESSION_COOKIE_NAME].value
    answer = here.post("/account/sign-out/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert here.cookies["choices"].value == "of the visitor"
    assert not here.cookies[site_settings.SESSION_COOKIE_NAME].value
    assert not AccountSession.objects.exists()
    here.cookies[site_settings.SESSION_COOKIE_NAME] = session
    assert not is_in(here)


def test_a_copied_cookie_is_worth_nothing_without_its_row(alice: User):
    here = browser_of(alice)
    AccountSession.objects.all().delete()
    assert not is_in(here)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0",
            "Edge Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari iPhone"),
        ("curl/8.0 alice@example.org", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_roughly(user_agent: str, name: str):
    assert sessions.browser_name(user_agent) == name


def _bob() -> User:
    return User.objects.create_user(BOB, actors.PHRASE)
