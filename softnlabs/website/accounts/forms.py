"""Forms of people who make an account, forgot their password or change their address."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consent.preferences.forms import OptInMixin
from privacy.companies.forms import CollectingForm
from privacy.web.fields import SINGLE_NAME, EmailField, LastingEmailField, NameField
from privacy.web.spam import SpamGuardedForm
from softnlabs.website.accounts.models import User


def email_field() -> forms.EmailField:
    return EmailField(label=_("E-mail address"), widget=forms.EmailInput({"autocomplete": "username"}))


def new_password_field(help_text: Any) -> forms.CharField:
    """Anything can be pasted; it is cut nowhere, and what is far too long is refused."""
    widget = forms.PasswordInput({"autocomplete": "new-password"})
    field = forms.CharField(
        label=_("Password"), strip=False, max_length=1000, help_text=help_text, widget=widget
    )
    field.widget.attrs.pop("maxlength", None)
    return field


class SignUpForm(SpamGuardedForm, CollectingForm):
    """Without a box for commercial mail: anybody can type somebody else's address here. See `FinishForm`."""

    email = LastingEmailField(
        label=_("E-mail address"),
        # {information: says where the link goes}
        help_text=_("We mail you a link there. Nothing is made before you open it."),
        widget=forms.EmailInput({"autocomplete": "username"}),
    )


class EmailForm(forms.Form):
    email = email_field()


class NewAddressForm(forms.Form):
    email = EmailField(
        label=_("New e-mail address"),
        # {information: says where the link goes}
        help_text=_("We mail a link there. Your present address stays until you open it."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )


def _refuse_weak(form: forms.Form, user: User) -> None:
    """The rules are asked with what is known of the person: their names and address make poor passwords."""
    if "password" not in form.cleaned_data:
        return
    try:
        password_validation.validate_password(form.cleaned_data["password"], user)
    except ValidationError as error:
        form.add_error("password", error)


class FinishForm(OptInMixin):
    """The last step of making an account, behind the link that was mailed to its address."""

    field_order = ("first_name", "surname", "password", "opt_in")

    first_name = NameField(
        label=_("First name"),
        required=False,
        max_length=100,
        help_text=SINGLE_NAME,
        widget=forms.TextInput({"autocomplete": "given-name"}),
    )
    surname = NameField(
        label=_("Surname"), max_length=100, widget=forms.TextInput({"autocomplete": "family-name"})
    )
    password = new_password_field(_("At least 10 characters. Several words in a row are easy to remember."))

    def __init__(self, *args: Any, email: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.email = email

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        names = {name: self.cleaned_data.get(name, "") for name in ("first_name", "surname")}
        _refuse_weak(self, User(email=self.email, **names))
        return cleaned


class NewPasswordForm(forms.Form):
    """After a forgotten one."""

    password = new_password_field(
        _("At least 10 characters, 12 for staff. Several words in a row are easy to remember.")
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        _refuse_weak(self, self.user)
        return cleaned
