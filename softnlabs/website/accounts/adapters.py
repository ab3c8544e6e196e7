"""How django-allauth is bound to this site: our mails, our keys, our pages, and no account that it makes by itself.

An address stands in one place, on its account, and only once its mailbox was proved: so allauth's own tables of
addresses and confirmations stay empty, and its stage that asks for a confirmation at sign-in has nothing to ask.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows import login as login_flow
from allauth.account.models import Login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from privacy.web import recent_sign_in
from softnlabs.website.accounts import journeys, sessions
from softnlabs.website.accounts.models import User

CHANGES = {
    "totp_activated": "app_added",
    "totp_deactivated": "app_removed",
    "webauthn_added": "passkey_added",
    "webauthn_removed": "passkey_removed",
    "recovery_codes_generated": "codes_made",
}
WAYS = {
    "reauthenticate": _("With your password"),
    "mfa_reauthenticate": _("With a code"),
    "mfa_reauthenticate:webauthn": _("With your passkey"),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_password": _("This is not your present password."),
    }

    def get_login_stages(self) -> list[str]:
        """What a password leads through before somebody is signed in."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def is_reauthentication_required(self, *, app: str, **facts: object) -> bool:
        """A sign-in of the last minutes counts as much as one that was asked for on purpose."""
        return not recent_sign_in.is_recent(self.request, now=timezone.now())

    def reauthenticate(self, user: User, password: str) -> bool:
        return user.check_password(password)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """The ways to prove again who one is, the best first."""
        ways = super().get_reauthentication_methods(user)
        return [{**way, "description": WAYS[way["id"]]} for way in reversed(ways)]

    def is_safe_url(self, url: str) -> bool:
        """A path of this site."""
        try:
            parts = urlsplit(url or "")
        except ValueError:
            return False
        return not parts.netloc and super().is_safe_url(url)

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """As for a wrong password: nobody learns which accounts there are."""
        return redirect("website:sign-in")

    def is_open_for_signup(self, *args: object) -> bool:
        """Not by allauth's own form: accounts are made by ours, after the mailbox has confirmed."""
        return False

    def add_message(self, *args: object, **facts: object) -> None:
        """Our pages say themselves what happened."""

    def send_mail(self, *args: object) -> None:
        """All mail of accounts is ours (:mod:`softnlabs.website.accounts.notifications`)."""

    def send_notification_mail(
        self, template_prefix: str, user: User, *args: object, **facts: object
    ) -> None:
        """allauth says which of its mails would leave: ours does."""
        change, now = CHANGES[template_prefix.removeprefix("mfa/email/")], timezone.now()
        is_first = change.endswith("_added") and _is_first_factor(user)
        if is_first:  # whoever is signed in elsewhere has shown none
            sessions.end(sessions.others(self.request, user, now=now), user, now=now)
        journeys.note(user, change, is_first_factor=is_first, language=get_language() or "en", now=now)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticators are stored under the keys of files."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "This is not right. Type the code that is shown now, or try the passkey again. If your codes are refused "
            "again and again, let your phone set its time by itself."
        ),
    }

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _keys().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": str(settings.ENTITY["name"])}


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The company's OpenID provider stands for the password of staff, and for nothing else.

    It makes no accounts, and nothing that it says is kept. Our second step follows whatever it asked for: what its
    `amr` claims is not ours to check.
    """

    def is_open_for_signup(self, *args: object) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Raises `ImmediateHttpResponse`: here the way of allauth ends, in a sign-in or a refusal."""
        user = _staff_member(each.email for each in sociallogin.email_addresses if each.verified)
        if user is None or not _is_about_one_person(sociallogin):
            raise ImmediateHttpResponse(_refused(request))
        logout(request)
        login_flow.record_authentication(request, user, "socialaccount")
        raise ImmediateHttpResponse(login_flow.perform_login(request, Login(user=user)))

    def on_authentication_error(self, request: HttpRequest, *args: object, **facts: object) -> None:
        raise ImmediateHttpResponse(_refused(request))


def _is_first_factor(user: User) -> bool:
    """Whether a factor that was just added is the only one: allauth makes recovery codes with it, without a word."""
    lasting = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return bool(lasting.count() == 1)


def _staff_member(emails: Iterable[str]) -> User | None:
    for email in emails:
        try:
            user = User.objects.get_by_natural_key(email)
        except User.DoesNotExist:
            continue
        if user.is_staff and user.is_active:
            return user
    return None


def _is_about_one_person(sociallogin: SocialLogin) -> bool:
    """The token, and what the provider says when it is asked (OpenID Connect Core, 5.3.2): allauth compares neither."""
    said: dict[str, dict[str, object]] = sociallogin.account.extra_data
    subjects = [said.get(part, {}).get("sub") for part in ("id_token", "userinfo")]
    return bool(subjects[0]) and subjects[0] == subjects[1]


def _refused(request: HttpRequest) -> HttpResponse:
    return render(request, "account/company_refused.html", status=403)


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FILE_KEYS])
