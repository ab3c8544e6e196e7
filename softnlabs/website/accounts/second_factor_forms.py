"""What proves a second factor: a code, or a passkey that the browser asks for.

A code is six figures, so guesses are counted for each account; whoever guesses knows the password already.
"""

import struct
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.base.forms import AuthenticateForm as AllauthCodeForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthCodeAgainForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from privacy.web.fields import LineField, NameField
from privacy.web.rate_limits import RateLimit
from softnlabs.website.accounts import journeys, known_browsers, mailboxes
from softnlabs.website.accounts.models import User

TRIES_AT_CODES = RateLimit("website.sign_in.code", 10, timedelta(minutes=15))
# One of a million codes is right at a time: in a year of guessing one in ninety would get in, and no more.
CODES_A_DAY = RateLimit("website.sign_in.code_a_day", 30, timedelta(days=1))
# A code of an app lives for 30 seconds; whoever saw it typed must not use it again.
USES_OF_CODE = RateLimit("website.sign_in.used_code", 1, timedelta(minutes=3))
WRONG = _(
    "This is not right. Type the code that is shown now, or try the passkey again. If your codes are refused again and "
    "again, let your phone set its time by itself."
)
# What the readers of JSON and CBOR stumble over in bytes that somebody made up.
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)
TOO_MANY = _("Too many attempts in a short time. Please wait a quarter of an hour, then try again.")


def code_field(label: Any, help_text: Any) -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
    return LineField(label=label, help_text=help_text, max_length=40, widget=forms.TextInput(attributes))


class CodeRules:
    """Limits that all processes share; the code itself is for django-allauth to check."""

    user: User
    authenticator: Authenticator
    cleaned_data: dict[str, Any]

    def save(self) -> None:
        """A used recovery code is told of: whoever found the sheet must not come in unnoticed."""
        super().save()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
            journeys.note(self.user, "code_used", language=get_language() or "en", now=timezone.now())

    def clean_code(self) -> str:
        now = timezone.now()  # allauth hands its forms no time
        if not may_try_code(self.user, now=now):
            raise ValidationError(TOO_MANY, code="too_often")
        code: str = super().clean_code()  # type: ignore[misc]
        if not USES_OF_CODE.take(f"{self.user.pk} {normalize_user_code(code)}", now=now):
            raise ValidationError(_("This code was used a moment ago. Wait for the next one."))
        return code


class CodeForm(CodeRules, AllauthCodeForm):  # type: ignore[misc]
    """At sign-in."""

    code = code_field(_("Code"), _("The six figures that your app shows now, or one of your recovery codes."))


class CodeAgainForm(CodeRules, AllauthCodeAgainForm):  # type: ignore[misc]
    """Of somebody who is signed in, before something that matters."""

    code = CodeForm.declared_fields["code"]


class NewAppForm(CodeRules, ActivateTOTPForm):  # type: ignore[misc]
    """The first code proves that the app has the secret."""

    code = code_field(_("Code from the app"), _("The six figures that the app shows for this account."))


class CredentialField(forms.JSONField):
    """What the browser says of a passkey. Anybody can send something else, on which django-allauth would fail."""

    widget = forms.HiddenInput

    def __init__(self, parse: Callable[[Mapping[str, Any]], object]) -> None:
        super().__init__()
        self.parse = parse

    def bound_data(self, data: Any, initial: Any) -> Any:
        """It is of no use a second time: a page that is shown again has none."""
        return InvalidJSONInput("")

    def clean(self, value: Any) -> Any:
        try:
            credential = super().clean(value)
            self.parse(credential)
        except UNREADABLE as error:
            raise ValidationError(WRONG) from error
        return credential


class PasskeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """At sign-in, after the password."""

    credential = CredentialField(AuthenticationResponse.from_dict)


class PasskeySignInForm(LoginWebAuthnForm):  # type: ignore[misc]
    """Instead of the password."""

    credential = CredentialField(AuthenticationResponse.from_dict)


class PasskeyAgainForm(ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Of somebody who is signed in, before something that matters."""

    credential = CredentialField(AuthenticationResponse.from_dict)


class NewPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A passkey that asks for a finger, a face or a PIN: it opens the account without a password."""

    passwordless = None  # not asked: each of ours is
    credential = CredentialField(RegistrationResponse.from_dict)
    name = NameField(
        label=_("Name of this passkey"),
        help_text=_("To recognise it by, such as: office laptop."),
        required=False,
        max_length=60,
    )

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["passwordless"] = True
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc]
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )

    def clean_password(self) -> str:
        if not TRIES_AT_CODES.take(f"password {self.user.pk}", now=timezone.now()):
            raise ValidationError(TOO_MANY, code="too_often")
        return str(super().clean_password())


def may_try_code(user: User, *, now: datetime) -> bool:
    """A browser in which its owner signed in before has tries of its own: whoever stole the password uses up others."""
    browser = known_browsers.number(context.request, mailboxes.one_spelling(user.email), now=now)
    if browser:
        return TRIES_AT_CODES.take(f"browser {browser}", now=now)
    return TRIES_AT_CODES.take(str(user.pk), now=now) and CODES_A_DAY.take(str(user.pk), now=now)


def kinds_of(user: User) -> set[str]:
    """The kinds of second factor that the account has; recovery codes alone are none."""
    kinds = Authenticator.objects.filter(user=user).values_list("type", flat=True)
    return set(kinds) - {Authenticator.Type.RECOVERY_CODES}
