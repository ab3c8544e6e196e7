"""Sign-in of staff by the company's OpenID provider, against a small one on this machine."""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from softnlabs.website.accounts.models import User
from tests.softnlabs.accounts.second_step import SECOND_STEP, code_now, is_in, with_app

pytestmark = pytest.mark.django_db
STAFF = "clerk@example.org"
BEGIN, BACK = "/account/sign-in/company/", "/account/sign-in/company/back/"


class Provider:
    """What the provider says of whoever signs in there, and what it was asked."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {"sub": "1", "email": STAFF, "email_verified": True}
        self.of_token: dict[str, Any] = {}  # what it says otherwise
        self.asked = list[dict[str, list[str]]]()
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server, self.address = server, f"http://127.0.0.1:{server.server_address[1]}"
        Thread(target=server.serve_forever, daemon=True).start()

    def _handler(provider) -> type[BaseHTTPRequestHandler]:  # noqa: N805 the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(provider.claims if self.path == "/userinfo" else provider.document())

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                provider.asked.append(parse_qs(self.rfile.read(length).decode()))
                self._answer({"access_token": "a", "token_type": "Bearer", "id_token": provider.token()})

            def _answer(self, facts: dict[str, Any]) -> None:
                body = json.dumps(facts).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Not into the output of the tests."""

        return Handler

    def document(self) -> dict[str, str]:
        pages = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "userinfo_endpoint": "userinfo",
        }
        return {
            "issuer": self.address,
            "jwks_uri": "",
            **{k: f"{self.address}/{v}" for k, v in pages.items()},
        }

    def token(self) -> str:
        now = int(time.time())
        facts = {"iss": self.address, "aud": "portal", "iat": now, "exp": now + 60}
        return jwt.encode({**self.claims, **facts, **self.of_token}, "k" * 32, "HS256")


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    made = Provider()
    settings.STAFF_OPENID_ISSUER = made.address
    app = {"provider_id": "company", "name": "Company", "client_id": "portal", "secret": "s"}
    apps = [{**app, "settings": {"server_url": made.address}}]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps}}
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def clerk() -> User:
    return User.objects.create_user(STAFF, "a long enough phrase", is_staff=True)


def come_back(client: Client) -> Any:
    asked = parse_qs(urlsplit(client.get(BEGIN)["Location"]).query)
    assert {"code_challenge", "state"} <= asked.keys()
    return client.get(BACK, {"code": "c", "state": asked["state"][0]})


def test_staff_sign_in_without_a_password(client: Client, provider: Provider, clerk: User):
    assert "sign in with" in client.get("/account/sign-in/").text
    assert come_back(client)["Location"] == "/account/"
    assert client.session["_auth_user_id"] == str(clerk.pk)
    assert provider.asked[0]["code_verifier"]
    assert not SocialAccount.objects.exists()
    assert not SocialToken.objects.exists()


def test_our_second_step_is_asked_for_whatever_the_provider_claims(
    client: Client, provider: Provider, clerk: User
):
    with_app(clerk)
    provider.claims["amr"] = ["mfa", "hwk"]
    assert come_back(client)["Location"] == SECOND_STEP
    assert not is_in(client)
    client.post(SECOND_STEP, {"code": code_now()})
    assert is_in(client)


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": "false"},
        {"email_verified": None},
        {"email": "nobody@example.org"},
        {"email": "alice@example.org"},
        {"email": "gone@example.org"},
        {"email": "no address"},
    ],
)
def test_nobody_else_comes_in_and_no_account_is_made(
    client: Client, provider: Provider, clerk: User, claims: dict[str, Any]
):
    User.objects.create_user("alice@example.org", "a long enough phrase")
    User.objects.create_user("gone@example.org", is_staff=True, is_active=False)
    provider.claims |= claims
    answer = come_back(client)
    assert answer.status_code == 403
    assert 'class="skip"' in answer.text
    assert not is_in(client)
    assert User.objects.count() == 3


@pytest.mark.parametrize(
    "facts",
    [
        {"aud": "somebody else"},
        {"iss": "https://login.example.net"},  # the answer of another provider, mixed up with ours
        {"exp": 1_700_000_000},
        {"sub": "2"},  # of somebody else than the account that the provider then describes
        {"sub": None},
    ],
)
def test_a_token_for_another_site_opens_nothing(
    client: Client, provider: Provider, clerk: User, facts: dict[str, Any]
):
    provider.of_token = facts
    assert come_back(client).status_code == 403
    assert not is_in(client)


def test_an_answer_counts_once_in_one_browser_and_for_ten_minutes(provider: Provider, clerk: User):
    own, other = Client(), Client()
    asked = parse_qs(urlsplit(own.get(BEGIN)["Location"]).query)
    answer = {"code": "c", "state": asked["state"][0]}
    other.get(BEGIN)
    assert other.get(BACK, answer).status_code == 403, "a stranger's answer signs nobody in as the stranger"
    assert own.get(BACK, answer).status_code == 302
    own.post("/account/sign-out/")
    assert own.get(BACK, answer).status_code == 403
    late = parse_qs(urlsplit(other.get(BEGIN)["Location"]).query)
    with time_machine.travel(time.time() + 601):
        assert other.get(BACK, {"code": "c", "state": late["state"][0]}).status_code == 403
    assert not is_in(own)
    assert not is_in(other)


def test_the_code_is_good_for_whoever_asked_for_it_alone(client: Client, provider: Provider, clerk: User):
    asked = parse_qs(urlsplit(client.get(BEGIN)["Location"]).query)
    client.get(BACK, {"code": "c", "state": asked["state"][0]})
    verifier = provider.asked[0]["code_verifier"][0].encode()
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
    assert (asked["code_challenge_method"], asked["code_challenge"]) == (["S256"], [digest])


def test_another_person_behind_the_same_mailbox_still_has_to_show_our_second_step(
    client: Client, provider: Provider, clerk: User
):
    """The provider gave the address of somebody to somebody else: it has another number there."""
    with_app(clerk)
    provider.claims["sub"] = "another"
    assert come_back(client)["Location"] == SECOND_STEP
    assert not is_in(client)


def test_a_refusal_of_the_provider_is_one(client: Client, provider: Provider, clerk: User):
    asked = parse_qs(urlsplit(client.get(BEGIN)["Location"]).query)
    answer = client.get(BACK, {"error": "access_denied", "state": asked["state"][0]})
    assert answer.status_code in {302, 403}
    assert not is_in(client)


def test_an_answer_that_was_not_asked_for_opens_nothing(client: Client, provider: Provider, clerk: User):
    client.get(BEGIN)
    assert client.get(BACK, {"code": "c", "state": "invented"}).status_code == 403
    assert Client().get(BACK, {"code": "c", "state": "invented"}).status_code == 403


def test_a_provider_that_is_away_keeps_nobody_from_their_password(
    client: Client, provider: Provider, clerk: User
):
    provider.server.shutdown()
    provider.server.server_close()
    assert client.get(BEGIN).status_code == 503


def test_without_a_provider_there_is_no_such_page(client: Client):
    assert "openid" not in client.get("/account/sign-in/").text.casefold()
    assert client.get(BEGIN).status_code == client.get(BACK).status_code == 404
