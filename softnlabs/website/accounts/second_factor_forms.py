"""What proves a second factor: a code, or a passkey that the browser asks for.

A code is six figures, so guesses are counted for each account; whoever guesses knows the password already.
"""

from datetime import timedelta
from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.base.forms import AuthenticateForm as AllauthCodeForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthCodeAgainForm
from allauth.mfa.models import Authenticator
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.web.fields import LineField
from privacy.web.rate_limits import RateLimit
from softnlabs.website.accounts.models import User

TRIES_AT_CODES = RateLimit("website.sign_in.code", 10, timedelta(minutes=15))
# A code of an app lives for 90 seconds with its tolerance; whoever saw it typed must not use it again.
USES_OF_CODE = RateLimit("website.sign_in.used_code", 1, timedelta(minutes=3))
TOO_MANY = _("Too many attempts in a short time. Please wait a quarter of an hour, then try again.")


def code_field(label: Any, help_text: Any) -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
    return LineField(label=label, help_text=help_text, max_length=40, widget=forms.TextInput(attributes))


class CodeRules:
    """Limits that all processes share; the code itself is for django-allauth to check."""

    user: User
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        now = timezone.now()  # allauth hands its forms no time
        if not TRIES_AT_CODES.take(str(self.user.pk), now=now):
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


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc]
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )

    def clean_password(self) -> str:
        if not TRIES_AT_CODES.take(f"password {self.user.pk}", now=timezone.now()):
            raise ValidationError(TOO_MANY, code="too_often")
        return str(super().clean_password())


def kinds_of(user: User) -> set[str]:
    """The kinds of second factor that the account has; recovery codes alone are none."""
    kinds = Authenticator.objects.filter(user=user).values_list("type", flat=True)
    return set(kinds) - {Authenticator.Type.RECOVERY_CODES}
