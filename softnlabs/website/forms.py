"""The contact form."""

from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.forms import OptInMixin
from privacy.forms import EmailField, LineField, TextField, postcode, telephone
from softnlabs.website.contact import Message


class ContactForm(OptInMixin):
    """A message to us, and the unticked box for commercial mail."""

    field_order = ("first_name", "surname", "email", "telephone", "postcode", "message", "opt_in")

    first_name = LineField(
        label=_("First name"), max_length=100, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    surname = LineField(
        label=_("Surname"), max_length=100, widget=forms.TextInput({"autocomplete": "family-name"})
    )
    email = EmailField(
        label=_("E-mail address"),
        help_text=_("We answer at this address."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    telephone = LineField(
        label=_("Telephone"),
        required=False,
        max_length=30,
        validators=[telephone],
        help_text=_("Only if you would like to be called. Without it we answer by e-mail."),
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
    )
    postcode = LineField(
        label=_("Postcode"),
        required=False,
        max_length=12,
        validators=[postcode],
        help_text=_("Tells us whether we can come to you. Leave it empty if you prefer."),
        widget=forms.TextInput({"autocomplete": "postal-code"}),
    )
    message = TextField(
        label=_("Your message"),
        max_length=5000,
        help_text=_("At most 5,000 characters. Please leave out what we need not know, such as health data."),
        widget=forms.Textarea({"rows": 8}),
    )

    def as_message(self) -> Message:
        """What was typed, once it is valid."""
        return cast("Message", {name: self.cleaned_data[name] for name in Message.__annotations__})

    def agreed_to(self) -> str:
        """The sentence of the box, if it was ticked."""
        return self.opt_in_sentence() if self.cleaned_data["opt_in"] else ""
