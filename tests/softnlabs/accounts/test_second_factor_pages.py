"""Adding and removing an app, passkeys and recovery codes; signing in with a passkey."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.utils import timezone
from fido2.webauthn import AuthenticatorData

from privacy.audit.models import AuditEntry
from privacy.mail.models import Mail
from softnlabs.website.accounts.models import User
from tests.conftest import ALICE, BOB
from tests.softnlabs.accounts.passkey import PRESENT_AND_VERIFIED, Passkey
from tests.softnlabs.accounts.second_step import PHRASE, SECOND_STEP, code_now, is_in, with_app

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sign_in_lasts")]
APP, CODES, PASSKEY = (f"/account/second-step/{page}/" for page in ("app", "codes", "passkeys/new"))


@pytest.fixture
def alice() -> User:
    return User.objects.create_user(ALICE, PHRASE)


@pytest.fixture
def browser(alice: User) -> Client:
    """Alice, who has just signed in."""
    return signed_in()


def signed_in(**more: str) -> Client:
    client = Client()
    client.post("/account/sign-in/", {"username": ALICE, "password": PHRASE})
    if more:
        client.post(SECOND_STEP, more)
    assert is_in(client)
    return client


WITH_CODES = "Your recovery codes were made at the same time"


def told() -> list[str]:
    mails = Mail.objects.order_by("written_at", "pk").filter(message="account_changed", to=ALICE)
    assert Mail.objects.count() == mails.count()
    return [re.split(r"\n\n", mail.text)[1] for mail in mails]


def options(client: Client, page: str) -> dict[str, Any]:
    found = re.search(r'data-options="(\{[^"]+)"', client.get(page).text)
    assert found
    asked: dict[str, Any] = json.loads(unescape(found[1]))
    return asked


def add_passkey(client: Client, passkey: Passkey, name: str = "Laptop") -> Any:
    return client.post(PASSKEY, {"name": name, "credential": passkey.make(options(client, PASSKEY))})


# App and recovery codes --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_app_is_added_with_its_codes_shown_once_and_removed_with_them(alice: User):
    browser = signed_in()
    page = browser.get(APP).text
    assert "<svg" in page
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    assert secret
    assert browser.post(APP, {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.exists()
    assert browser.post(APP, {"code": code_now(secret[1])})["Location"] == CODES
    assert browser.head(CODES).status_code == 200  # shows nothing, so makes nothing
    codes = re.findall(r"<code>(\d{10})</code>", browser.get(CODES).text)
    assert len(set(codes)) == 10
    assert browser.get(CODES).text.count("<code>") == 0
    file = browser.post(CODES + "download/", {"codes": " ".join(codes)})
    assert file.text.split("\n\n") == [
        "Recovery codes of your account at SoftNLabs. Each works once.",
        "\n".join(codes) + "\n",
    ]
    assert file["Content-Disposition"].startswith("attachment")
    assert "no-store" in file["Cache-Control"]
    assert browser.post(CODES + "download/", {"codes": "something else"}).status_code == 404
    assert told() == ["An app for codes was added to your sign-in."]
    assert WITH_CODES in Mail.objects.get().text
    assert AuditEntry.objects.filter(action="website.account.codes_made").count() == 1
    signed_in(code=codes[0])
    assert told()[1:] == ["One of your recovery codes was used. It does not work again."]
    assert browser.post(CODES + "new/")["Location"] == CODES
    assert codes[1] not in browser.get(CODES).text
    assert told()[2:] == ["New recovery codes were made. Earlier ones no longer work."]
    assert browser.post(APP + "remove/")["Location"] == "/account/second-step/"
    assert told()[3:] == ["The app for codes was removed from your sign-in."]
    assert not Authenticator.objects.exists()
    signed_in()


@pytest.mark.django_db(transaction=True)
def test_the_first_second_step_ends_all_other_sessions_and_says_so(alice: User):
    elsewhere, browser = signed_in(), signed_in()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", browser.get(APP).text)
    assert secret
    browser.post(APP, {"code": code_now(secret[1])})
    assert elsewhere.get("/account/").status_code == 302
    assert browser.get("/account/").status_code == 200
    assert "In all other browsers you were signed out." in Mail.objects.get().text


def test_no_codes_without_a_second_factor(browser: Client):
    assert browser.get(CODES).status_code == 404
    assert browser.post(CODES + "new/").status_code == 200
    assert browser.post(CODES + "download/", {"codes": ""}).status_code == 404
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("page", [APP, PASSKEY, CODES + "new/", APP + "remove/"])
def test_an_old_sign_in_changes_nothing(alice: User, page: str):
    with_app(alice) if page == APP + "remove/" else None
    browser = signed_in(code=code_now()) if page == APP + "remove/" else signed_in()
    before = Authenticator.objects.count()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        for send in (browser.get, browser.post):
            assert send(page)["Location"].startswith("/account/again/")
    assert Authenticator.objects.count() == before


def test_a_code_shows_again_who_it_is(alice: User):
    with_app(alice)
    browser = signed_in(code=code_now())
    later = timezone.now() + timedelta(minutes=11)
    with time_machine.travel(later):
        answer = browser.get(APP + "remove/")
        assert answer["Location"].startswith("/account/again/code/?next=")
        assert browser.post(answer["Location"], {"code": "000000"}).status_code == 200
        code = totp.format_hotp_value(
            totp.hotp_value("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", int(later.timestamp()) // 30)
        )
        assert browser.post(answer["Location"], {"code": code})["Location"] == APP + "remove/"
        assert browser.get(APP + "remove/").status_code == 200


# Passkeys ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("host", "is_said"), [("127.0.0.1", True), ("[::1]", True), ("localhost", False)])
def test_whoever_came_by_a_number_reads_that_browsers_make_no_passkey_for_it(
    browser: Client, host: str, is_said: bool, settings
):
    settings.ALLOWED_HOSTS = [host]
    page = browser.get(PASSKEY, headers={"Host": f"{host}:8000"}).text
    assert ("Browsers make no passkeys" in page) is is_said


def test_a_passkey_signs_in_without_a_password(browser: Client, alice: User):
    passkey = Passkey()
    assert add_passkey(browser, passkey)["Location"] == CODES
    assert "Laptop" in browser.get("/account/second-step/").text
    assert told() == ["A passkey was added to your sign-in."]
    assert WITH_CODES in Mail.objects.get().text
    add_passkey(browser, Passkey(), "Telephone")
    assert Mail.objects.filter(text__contains=WITH_CODES).count() == 1
    other = Client()
    asked = other.get("/account/sign-in/passkey/", headers={"Accept": "application/json"}).json()
    assert asked["request_options"]["publicKey"]["allowCredentials"] == []
    typed = {"credential": passkey.use(asked["request_options"]), "next": "/account/password/"}
    assert other.post("/account/sign-in/passkey/", typed)["Location"] == "/account/password/"
    assert is_in(other)
    again = Client()
    again.get("/account/sign-in/passkey/", headers={"Accept": "application/json"})
    assert again.post("/account/sign-in/passkey/", typed).status_code == 200  # of another challenge
    assert not is_in(again)


def _disabled(user: User) -> None:
    User.objects.update(is_active=False)


def _removed(user: User) -> None:
    Authenticator.objects.all().delete()


@pytest.mark.parametrize("change", [_disabled, _removed])
def test_a_passkey_of_no_open_account_opens_nothing(
    browser: Client, alice: User, change: Callable[[User], None]
):
    passkey = Passkey()
    add_passkey(browser, passkey)
    change(alice)
    other = Client()
    asked = other.get("/account/sign-in/passkey/", headers={"Accept": "application/json"}).json()
    other.post("/account/sign-in/passkey/", {"credential": passkey.use(asked["request_options"])})
    assert not is_in(other)


def test_a_passkey_that_asks_for_nothing_is_not_enough(browser: Client, alice: User):
    asks_nothing = Passkey(AuthenticatorData.FLAG.UP)
    assert add_passkey(browser, asks_nothing).status_code == 200
    assert not Authenticator.objects.exists()


def test_a_passkey_is_a_second_step_too(browser: Client, alice: User):
    passkey = Passkey()
    add_passkey(browser, passkey)
    other = Client()
    answer = other.post("/account/sign-in/", {"username": ALICE, "password": PHRASE})
    assert answer["Location"] == SECOND_STEP
    typed = {"credential": passkey.use(options(other, SECOND_STEP))}
    assert other.post(SECOND_STEP, typed)["Location"] == "/account/"
    assert is_in(other)


def test_a_stolen_passkey_signs_in_nobody_without_its_pin(browser: Client, alice: User):
    """Not with a challenge either that was made for the second step of the thief's own account."""
    stolen, own, thief = Passkey(), Passkey(), Client()
    add_passkey(browser, stolen)
    stolen.flags = AuthenticatorData.FLAG.UP
    User.objects.create_user(BOB, PHRASE)
    thief.post("/account/sign-in/", {"username": BOB, "password": PHRASE})
    add_passkey(thief, own)
    thief.post("/account/sign-out/")
    sign_in = "/account/sign-in/passkey/"
    of_sign_in = thief.get(sign_in, headers={"Accept": "application/json"}).json()["request_options"]
    thief.post(sign_in, {"credential": stolen.use(of_sign_in)})
    assert not is_in(thief)
    thief.post("/account/sign-in/", {"username": BOB, "password": PHRASE})
    of_second_step = options(thief, SECOND_STEP)
    # Bob's sign-in is forgotten by then, its challenge is not.
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        thief.get("/account/sign-in/")
        thief.post(sign_in, {"credential": stolen.use(of_second_step)})
        assert not is_in(thief)
        stolen.flags = PRESENT_AND_VERIFIED
        thief.post(sign_in, {"credential": stolen.use(of_second_step)})
        assert is_in(thief)  # it was the PIN that lacked


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "1",
        "null",
        "[]",
        '{"id": 1}',
        '{"response": {}}',
        '{"response": {"userHandle": 1}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_passkey_is_refused(browser: Client, alice: User, credential: str):
    other = Client()
    other.get("/account/sign-in/passkey/", headers={"Accept": "application/json"})
    typed = {"credential": credential}
    assert other.post("/account/sign-in/passkey/", typed).status_code == 200
    assert browser.post(PASSKEY, {"name": "x", **typed}).status_code == 200
    add_passkey(browser, Passkey())
    assert browser.post("/account/again/passkey/", typed).status_code in {200, 302}
    other.post("/account/sign-in/", {"username": ALICE, "password": PHRASE})
    assert other.post(SECOND_STEP, typed).status_code == 200
    assert not is_in(other)


@pytest.mark.parametrize(
    "to", ["//[", "//evil.example", "/\\evil.example", "https:///evil.example", "\t//evil.example"]
)
def test_no_page_leads_elsewhere(browser: Client, alice: User, to: str):
    answer = browser.post("/account/again/", {"password": PHRASE, "next": to})
    assert answer["Location"] == "/account/"
    assert browser.get("/account/again/code/", {"next": to}).status_code in {200, 302}


def test_nobody_removes_the_passkey_of_somebody_else(browser: Client, alice: User):
    add_passkey(browser, Passkey())
    row = Authenticator.objects.get(type="webauthn")
    User.objects.create_user(BOB, PHRASE)
    bob = Client()
    bob.post("/account/sign-in/", {"username": BOB, "password": PHRASE})
    page = f"/account/second-step/passkeys/{row.pk}/remove/"
    assert bob.post(page).status_code == 404
    assert browser.post(page)["Location"] == "/account/second-step/"
    assert told()[1:] == ["A passkey was removed from your sign-in."]
    assert not Authenticator.objects.exists()


# Pages -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_every_page_of_accounts_is_ours(browser: Client, alice: User, prefix: str):
    """allauth brings bare pages of its own: none of them is reached."""
    with_app(alice)
    pages = [
        "", "sign-in-again/", "invitation/", "address/confirm/", "address/", "password/", "password/done/",
        "password/forgotten/", "password/new/", "password/new/done/",
        "sent/", "sign-in/", "sign-up/", "sign-up/finish/", "again/", "again/code/", "again/passkey/",
        "second-step/", "second-step/app/", "second-step/app/remove/", "second-step/passkeys/new/",
        "second-step/codes/", "second-step/codes/new/", "sign-in/passkey/", "sign-in/second-step/", "sessions/",
    ]  # fmt: skip
    for page in pages:
        for client in (browser, Client()):
            answer = client.get(f"{prefix}/account/{page}", follow=True)
            assert 'class="skip"' in answer.text, page
            assert "no-store" in answer["Cache-Control"], page
            assert answer.templates[0].name.startswith("account/"), page
            assert all(
                "allauth" not in (each.origin.name if each.origin else "") for each in answer.templates
            ), page
