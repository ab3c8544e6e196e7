"""What keeps programs out of public forms, without puzzles and without anybody else's service.

A form that was sent faster than a person can, by a page that is too old or none of ours, or with a field that people do
not see, is shown again with all that was typed. Sent once more it passes: nobody is thanked for what is thrown away,
and no program that only sends what it once saw gets in.
"""

from typing import Any, Final

from django import forms
from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _

SIGNER: Final = signing.TimestampSigner(salt="privacy.form")
FIRST, AGAIN = "first", "again"
# {information: says what became of the form}
ONCE_MORE = _(
    "Your form was not sent yet. Everything you typed is still here: please press the button once more."
)


class HoneypotWidget(forms.TextInput):
    """Hidden from people, screen readers and password managers. A program that fills in every field fills it in."""

    template_name = "privacy/web/honeypot.html"

    @property
    def is_hidden(self) -> bool:
        return True


class ShownAfreshField(forms.CharField):
    """Shown again, it holds what is true then, and not what was sent."""

    def bound_data(self, data: object, initial: object) -> object:
        return initial


class SpamGuardedForm(forms.Form):
    """A public form that people fill in, not programs."""

    shown_at = ShownAfreshField(required=False, widget=forms.HiddenInput)
    homepage = ShownAfreshField(required=False, widget=HoneypotWidget)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["shown_at"].initial = SIGNER.sign(AGAIN if self.is_bound else FIRST)

    def leave_out_guard(self) -> None:
        """For whoever is signed in: an account was asked for already."""
        del self.fields["shown_at"], self.fields["homepage"]

    def clean(self) -> dict[str, object] | None:
        cleaned = super().clean()
        is_asked = "shown_at" in self.fields and settings.FORM_LEAST_AGE and not self.errors
        if is_asked and not self._is_by_person():
            self.add_error(None, forms.ValidationError(ONCE_MORE, code="once_more"))
        return cleaned

    def _is_by_person(self) -> bool:
        stamp = str(self.cleaned_data.get("shown_at", ""))
        try:
            kind = SIGNER.unsign(stamp, max_age=settings.FORM_GREATEST_AGE)
        except signing.BadSignature:  # expired ones are of this kind, too
            return False
        return kind == AGAIN or not (self.cleaned_data.get("homepage") or _is_quick(stamp))


def _is_quick(stamp: str) -> bool:
    try:
        SIGNER.unsign(stamp, max_age=settings.FORM_LEAST_AGE)
    except signing.SignatureExpired:
        return False
    return True
