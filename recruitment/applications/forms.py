from typing import cast

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from consent.preferences.forms import OptInMixin
from privacy.files.fields import DocumentField, DocumentForm, hint
from privacy.web.fields import PersonForm, PostcodeField, TelephoneField, TextField
from recruitment.applications.applications import Applicant

HEALTH = _("Please leave out what we need not know, such as your health, beliefs or family.")


class ApplicationForm(OptInMixin, PersonForm, DocumentForm):
    field_order = (*Applicant.__annotations__, "cv")  # the box for commercial mail comes last

    telephone = TelephoneField()
    postcode = PostcodeField(
        # {promise: forms.marked}
        help_text=_(
            "Tells us how far you would travel. Leaving it empty changes nothing for your application."
        )
    )
    qualifications = TextField(
        label=_("Qualifications"),
        max_length=5000,
        help_text=_("Diplomas, certificates, languages: a few lines are enough."),
        widget=forms.Textarea({"rows": 4}),
    )
    experience = TextField(
        label=_("Experience"),
        max_length=5000,
        help_text=_("What you have done so far, at work, in studies or on your own."),
        widget=forms.Textarea({"rows": 6}),
    )
    message = TextField(
        label=_("Your message"),
        required=False,
        max_length=5000,
        help_text=HEALTH,
        widget=forms.Textarea({"rows": 6}),
    )
    cv = DocumentField(
        label=_("Your CV"),
        kinds=("pdf", "docx"),
        help_text=format_lazy("{} {}", hint(("pdf", "docx")), _("No photo is needed.")),
    )

    def as_applicant(self) -> Applicant:
        """Only for a valid form."""
        return cast("Applicant", {name: self.cleaned_data[name] for name in Applicant.__annotations__})
