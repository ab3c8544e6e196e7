from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.preferences.forms import OptInMixin
from privacy.web.fields import PersonForm, PostcodeField, TelephoneField, TextField
from softnlabs.website.enquiries.enquiries import EnquiryData


class ContactForm(OptInMixin, PersonForm):
    field_order = ("first_name", "surname", "email", "telephone", "postcode", "message", "opt_in")

    telephone = TelephoneField()
    postcode = PostcodeField(
        help_text=_("Tells us whether we can come to you. Leave it empty if you prefer.")
    )
    message = TextField(
        label=_("Your message"),
        max_length=5000,
        help_text=_("At most 5,000 characters. Please leave out what we need not know, such as health data."),
        widget=forms.Textarea({"rows": 8}),
    )

    def as_enquiry(self) -> EnquiryData:
        """Only for a valid form."""
        return cast("EnquiryData", {name: self.cleaned_data[name] for name in EnquiryData.__annotations__})

    def agreed_to(self) -> str:
        """The sentence of the box for commercial mail if it was ticked, else empty."""
        return self.opt_in_sentence() if self.cleaned_data["opt_in"] else ""
