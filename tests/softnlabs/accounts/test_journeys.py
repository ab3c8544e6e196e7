"""Making an account, a forgotten password, another address: by links, and without telling who has an account."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib.auth.hashers import BasePasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.ledger.models import ConsentEvent
from consent.mail_preferences import links as mail_links
from consent.prospecting import prospecting
from consent.prospecting.models import Prospect
from privacy.audit.models import AuditEntry
from privacy.mail.models import Mail
from softnlabs.website.accounts import links as account_links
from softnlabs.website.accounts.models import User
from tests.conftest import ALICE, BOB

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sign_in_lasts")]
PHRASE = "a long enough phrase"
OTHER = "another long phrase"
CAROL = "carol@example.org"
SENT = "/account/sent/"
FINISH = {"surname": "Canary", "password": PHRASE}
UNKNOWN = "aline@example.org"  # as long as that of Alice, for the length of a page that repeats it


@pytest.fixture
def alice() -> User:
    return User.objects.create_user(ALICE, PHRASE, first_name="Alice")


def mails() -> list[tuple[str, str]]:
    return list(Mail.objects.order_by("written_at").values_list("message", "to"))


def link_in(message: str) -> str:
    found = re.search(r"https?://\S+/link/\S+", Mail.objects.get(message=message).text)
    assert found
    return urlsplit(found[0]).path


def sign_in(client: Client, email: str = ALICE, password: str = PHRASE) -> None:
    client.post("/account/sign-in/", {"username": email, "password": password})
    assert "_auth_user_id" in client.session


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# Signing up --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_an_account_is_made_once_the_mailbox_has_confirmed(client: Client, prefix: str):
    page = client.get(f"{prefix}/account/sign-up/").text
    assert 'data-says="who"' in page
    assert (
        client.post(f"{prefix}/account/sign-up/", {"email": " Carol@Example.org "})["Location"]
        == prefix + SENT
    )
    assert mails() == [("account_confirm", CAROL)]
    assert not User.objects.exists()
    link = link_in("account_confirm")
    assert client.get(link)["Location"] == f"{prefix}/account/sign-up/finish/"
    page = client.get(f"{prefix}/account/sign-up/finish/").text
    assert CAROL in page
    assert not User.objects.exists()
    typed = {"surname": "Canary", "password": PHRASE}
    assert client.post(f"{prefix}/account/sign-up/finish/", typed)["Location"] == f"{prefix}/account/"
    carol = User.objects.get()
    assert (carol.email, carol.surname, carol.is_staff) == (CAROL, "Canary", False)
    assert carol.entity == "818 145 302"
    assert is_in(client)
    assert not ConsentEvent.objects.exists()
    assert AuditEntry.objects.get(action="website.account.made").key == str(carol.pk)
    browser = Client()
    browser.get(link)
    assert browser.post(f"{prefix}/account/sign-up/finish/", typed).status_code == 410
    assert User.objects.count() == 1


def stop(email: str) -> None:
    Client().post(f"/privacy/mail/{mail_links.token(email)}/unsubscribe/")


@pytest.mark.parametrize(("prefix", "words"), [("", "I agree that"), ("/fr", "J’accepte que")])
def test_the_box_for_commercial_mail_is_behind_the_mailed_link_and_unticked(client: Client, prefix, words):
    assert "opt_in" not in client.get(f"{prefix}/account/sign-up/").text
    client.post(f"{prefix}/account/sign-up/", {"email": CAROL})
    client.get(link_in("account_confirm"))
    page = client.get(f"{prefix}/account/sign-up/finish/").text
    box = re.search(r'<input[^>]*name="opt_in"[^>]*>', page)
    assert box
    assert "checked" not in box[0]
    client.post(f"{prefix}/account/sign-up/finish/", {**FINISH, "opt_in": "on"})
    event = ConsentEvent.objects.get()
    assert (event.email, event.act, event.page) == (CAROL, "ACCOUNT", f"{prefix}/account/sign-up/finish/")
    assert event.wording.text.startswith(words)
    assert prospecting.may_write(CAROL, now=timezone.now())


def test_a_tick_of_a_stranger_is_not_carried_over(client: Client):
    Client().post("/account/sign-up/", {"email": CAROL, "opt_in": "on"})
    assert "commercial" not in Mail.objects.get().text
    client.get(link_in("account_confirm"))
    client.post("/account/sign-up/finish/", FINISH)
    assert User.objects.get().email == CAROL
    assert not ConsentEvent.objects.exists()
    assert not Prospect.objects.exists()


def test_a_link_of_before_that_holds_a_tick_makes_the_account_alone(client: Client):
    held = {
        "email": CAROL, "language": "en", "page": "/account/sign-up/", "agreed_to": "I agree.",
        "entity": "818 145 302", "policy_version": None,
    }  # fmt: skip
    address, _until = account_links.make(account_links.SIGN_UP, held, now=timezone.now())
    client.get(urlsplit(address).path)
    client.post("/account/sign-up/finish/", FINISH)
    assert User.objects.get().email == CAROL
    assert not ConsentEvent.objects.exists()


def test_finishing_an_account_lifts_no_stop_that_came_since(client: Client):
    client.post("/account/sign-up/", {"email": CAROL, "opt_in": "on"})
    stop(CAROL)
    client.get(link_in("account_confirm"))
    client.post("/account/sign-up/finish/", FINISH)
    assert User.objects.get().email == CAROL
    assert prospecting.is_suppressed(CAROL)
    assert not Prospect.objects.exists()


def test_a_tick_behind_the_link_is_a_yes_after_a_stop(client: Client):
    stop(CAROL)
    stop(ALICE)
    client.post("/account/sign-up/", {"email": CAROL})
    client.get(link_in("account_confirm"))
    client.post("/account/sign-up/finish/", {**FINISH, "opt_in": "on"})
    assert prospecting.may_write(CAROL, now=timezone.now())
    assert prospecting.is_suppressed(ALICE)


def test_a_password_typed_wrong_leaves_the_tick_and_gives_no_consent_yet(client: Client):
    client.post("/account/sign-up/", {"email": CAROL})
    client.get(link_in("account_confirm"))
    answer = client.post("/account/sign-up/finish/", {**FINISH, "password": "short", "opt_in": "on"})
    box = re.search(r'<input[^>]*name="opt_in"[^>]*>', answer.text)
    assert box
    assert "checked" in box[0]
    assert not ConsentEvent.objects.exists()


def test_a_link_to_sign_up_ends_after_three_days(client: Client):
    assert "If you do not open the link within 3 days" in client.get("/account/sign-up/").text
    assert "dans un délai de 3 jours" in client.get("/fr/account/sign-up/").text
    client.post("/account/sign-up/", {"email": CAROL})
    link = link_in("account_confirm")
    with time_machine.travel(timezone.now() + timedelta(days=3, seconds=1)):
        client.get(link)
        assert client.get("/account/sign-up/finish/").status_code == 410


def test_whoever_was_signed_in_before_is_signed_out(client: Client, alice: User):
    sign_in(client)
    Client().post("/account/sign-up/", {"email": CAROL})
    client.get(link_in("account_confirm"))
    client.post("/account/sign-up/finish/", {"surname": "Canary", "password": PHRASE})
    assert client.session["_auth_user_id"] == str(User.objects.get(email=CAROL).pk)
    assert not alice.sessions.exists()


def test_whoever_has_an_account_is_told_so_in_their_mailbox_alone(client: Client, alice: User):
    client.post("/account/sign-up/", {"email": ALICE})
    assert mails() == [("account_exists", ALICE)]
    assert "/link/" not in Mail.objects.get().text


# A forgotten password ----------------------------------------------------------------------------------------------


def test_a_forgotten_password_is_replaced_once_and_old_sessions_end(client: Client, alice: User):
    sign_in(client)
    browser = Client()
    assert browser.post("/account/password/forgotten/", {"email": ALICE})["Location"] == SENT
    link = link_in("account_reset")
    assert browser.get(link)["Location"] == "/account/password/new/"
    assert browser.post("/account/password/new/", {"password": "short"}).status_code == 200
    assert (
        browser.post("/account/password/new/", {"password": OTHER})["Location"]
        == "/account/password/new/done/"
    )
    assert browser.get("/account/password/new/done/").status_code == 200
    again = Client()
    again.get(link)
    assert again.post("/account/password/new/", {"password": PHRASE}).status_code == 410
    assert client.get("/account/").status_code == 302
    sign_in(Client(), password=OTHER)
    assert mails()[-1] == ("account_changed", ALICE)
    assert "forgotten password" in Mail.objects.get(message="account_changed").text


def test_a_reset_does_not_pass_by_the_second_step(alice: User, client: Client):
    from_mail_scanner = client.get("/account/password/new/")
    assert from_mail_scanner.status_code == 410
    client.post("/account/password/forgotten/", {"email": ALICE})
    client.get(link_in("account_reset"))
    client.post("/account/password/new/", {"password": OTHER})
    assert not is_in(client)


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": "new@example.org"}])
def test_a_link_ends_with_the_state_it_was_made_for(client: Client, alice: User, change: dict[str, object]):
    client.post("/account/password/forgotten/", {"email": ALICE})
    client.get(link_in("account_reset"))
    User.objects.update(**change)
    assert client.post("/account/password/new/", {"password": OTHER}).status_code == 410


# Another address ---------------------------------------------------------------------------------------------------


def test_a_new_address_confirms_first_and_the_old_one_is_told(client: Client, alice: User):
    sign_in(client)
    assert client.post("/account/address/", {"email": CAROL})["Location"] == SENT
    alice.refresh_from_db()
    assert (alice.email, mails()) == (ALICE, [("account_address_confirm", CAROL)])
    link = link_in("account_address_confirm")
    stranger = Client()
    stranger.get(link)
    assert stranger.get("/account/address/confirm/").status_code == 302
    assert client.get(link)["Location"] == "/account/address/confirm/"
    assert CAROL in client.get("/account/address/confirm/").text
    assert client.post("/account/address/confirm/")["Location"] == "/account/"
    alice.refresh_from_db()
    assert alice.email == CAROL
    assert sorted(mails()[1:]) == [("account_changed", ALICE), ("account_changed", CAROL)]
    old, new = (Mail.objects.get(message="account_changed", to=to).text for to in (ALICE, CAROL))
    assert ("/contact/" in old, "/forgotten" in old) == (True, False)
    assert ("/contact/" in new, "/forgotten" in new) == (False, True)
    client.get(link)
    assert client.get("/account/address/confirm/").status_code == 410
    assert client.post("/account/address/confirm/").status_code == 410


def test_a_new_address_is_confirmed_where_its_owner_first_has_to_sign_in(client: Client, alice: User):
    sign_in(client)
    client.post("/account/address/", {"email": CAROL})
    other = Client()
    assert other.get(link_in("account_address_confirm"))["Location"] == "/account/address/confirm/"
    sign_in(other)
    assert other.post("/account/address/confirm/")["Location"] == "/account/"
    alice.refresh_from_db()
    assert alice.email == CAROL


def test_the_link_of_one_account_changes_no_other(client: Client, alice: User):
    sign_in(client)
    client.post("/account/address/", {"email": CAROL})
    User.objects.create_user(BOB, PHRASE)
    other = Client()
    sign_in(other, BOB)
    other.get(link_in("account_address_confirm"))
    assert other.post("/account/address/confirm/").status_code == 410
    assert set(User.objects.values_list("email", flat=True)) == {ALICE, BOB}


def test_an_address_that_was_taken_meanwhile_stays_with_its_account(client: Client, alice: User):
    sign_in(client)
    client.post("/account/address/", {"email": CAROL})
    client.get(link_in("account_address_confirm"))
    User.objects.create_user(CAROL, PHRASE)
    assert client.post("/account/address/confirm/").status_code == 410
    alice.refresh_from_db()
    assert alice.email == ALICE


def test_an_old_sign_in_is_asked_for_again(client: Client, alice: User):
    sign_in(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        answer = client.get("/account/address/")
        assert answer["Location"].startswith("/account/again/?next=")
        again = client.post(answer["Location"], {"password": PHRASE, "next": "/account/address/"})
        assert again["Location"] == "/account/address/"
        assert client.get("/account/address/").status_code == 200


# Nobody learns who has an account ----------------------------------------------------------------------------------


class CountingHasher(BasePasswordHasher):
    """Counts how often a password is hashed: that is what takes time."""

    algorithm, calls = "counting", 0

    def salt(self) -> str:
        return "salt"

    def encode(self, password: str, salt: str) -> str:
        type(self).calls += 1
        return f"counting${salt}${password[::-1]}"

    def decode(self, encoded: str) -> dict[str, object]:
        algorithm, salt, hashed = encoded.split("$", 2)
        return {"algorithm": algorithm, "salt": salt, "hash": hashed}

    def verify(self, password: str, encoded: str) -> bool:
        return self.encode(password, "salt") == encoded

    def must_update(self, encoded: str) -> bool:
        return False

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing: each call costs the same."""


def _seen(send: Callable[[Client], object], *, client: Client, email: str) -> dict[str, object]:
    """All that whoever types the address can see or time."""
    CountingHasher.calls = 0
    before = Mail.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = send(client)
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.text).replace(email, "it")  # type: ignore[attr-defined]
    return {
        "status": answer.status_code,  # type: ignore[attr-defined]
        "body": body,
        "headers": {k: v for k, v in answer.headers.items() if k not in {"Set-Cookie", "X-Request-Id"}},  # type: ignore[attr-defined]
        "cookies": sorted(answer.cookies),  # type: ignore[attr-defined]
        "queries": [re.sub(r"'[^']*'|\d+", "?", q["sql"].split(" VALUES ")[0])[:60] for q in queries],
        "mails": Mail.objects.count() - before,
        "hashes": CountingHasher.calls,
    }


ASKED = {
    "sign up": ("/account/sign-up/", "email"),
    "reset": ("/account/password/forgotten/", "email"),
    "sign in": ("/account/sign-in/", "username"),
    "desk": ("/admin/login/", "username"),
    "new address": ("/account/address/", "email"),
}


@pytest.mark.parametrize("journey", ASKED)
@pytest.mark.parametrize("kind", ["usual", "inactive", "without a password"])
def test_a_known_and_an_unknown_address_look_alike(settings, now: datetime, journey: str, kind: str):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    known = User.objects.create_user(ALICE, None if kind == "without a password" else PHRASE)
    User.objects.filter(pk=known.pk).update(is_active=kind != "inactive")
    asker = User.objects.create_user("asker@example.org", PHRASE)
    address, name = ASKED[journey]
    with time_machine.travel(now, tick=False):
        seen = []
        for email in (ALICE, UNKNOWN):
            browser = Client()
            if journey == "new address":
                sign_in(browser, asker.email)
            browser.get(address)
            typed = {name: email, "password": "a wrong guess"}
            seen.append(_seen(lambda it, typed=typed: it.post(address, typed), client=browser, email=email))
    assert seen[0] == seen[1]
    if journey in {"sign in", "desk"}:
        assert seen[0]["hashes"] == 1
    else:
        assert seen[0]["mails"] == 1


def test_nobody_uses_up_the_mails_by_which_an_account_is_reset(client: Client, alice: User):
    local, domain = ALICE.split("@")
    for _number in range(7):
        client.post("/account/sign-up/", {"email": ALICE})
        client.post("/contact/", {"email": ALICE, "surname": "X", "message": "Y"})
        client.post("/account/password/forgotten/", {"email": f"{local}+x@{domain}"})
    client.post("/account/password/forgotten/", {"email": ALICE})
    assert Mail.objects.filter(message="account_reset", to=ALICE).exists()
    assert Mail.objects.filter(message="account_unknown").count() == 5


def test_a_mailbox_is_not_flooded(client: Client, alice: User):
    for _number in range(8):
        client.post("/account/password/forgotten/", {"email": ALICE})
    assert Mail.objects.count() == 5


def test_the_tables_of_addresses_of_allauth_stay_empty(client: Client, alice: User):
    sign_in(client)
    client.post("/account/address/", {"email": CAROL})
    client.get(link_in("account_address_confirm"))
    client.post("/account/address/confirm/")
    assert not EmailAddress.objects.exists()
    assert not EmailConfirmation.objects.exists()
