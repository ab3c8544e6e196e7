from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dsr.intake.forms import FOR_ANOTHER, RequestForm
from dsr.intake.submission import RequestFormData
from dsr.rules.rights import Right
from privacy.companies.forms import CollectingForm
from privacy.datamap.declarations import Category
from privacy.web.fields import SINGLE_NAME, NameField, TextField, as_stored

Known = dict[str, str]  # the fields of a request that the account knows: "email", and names where it has them


class OwnRequestForm(RequestForm):
    """For whoever is signed in, about themselves: what the account knows is not typed again."""

    def __init__(self, *args: Any, known: Known, **options: Any) -> None:
        super().__init__(*args, **options)
        self.known = known
        self.leave_out_guard()
        for name in ("for_whom", *FOR_ANOTHER, *known):
            del self.fields[name]

    def request_data(self) -> RequestFormData:
        self.cleaned_data |= self.known
        return super().request_data()


class CorrectionForm(CollectingForm):
    """What one field should say. Its present value is filled in, to be changed."""

    wished = TextField(
        label=_("What it should say"),
        max_length=1200,
        widget=forms.Textarea({"rows": 2}),
        # {right: erasure}
        error_messages={"required": _("Write what it should say. To have it deleted, ask for an erasure.")},
    )
    first_name = NameField(label=_("First name"), required=False, max_length=100, help_text=SINGLE_NAME)
    surname = NameField(label=_("Surname"), max_length=100)

    def __init__(self, *args: Any, known: Known, value: str, category: Category, **options: Any) -> None:
        super().__init__(*args, initial={"wished": value}, **options)
        self.known, self.value, self.category = known, value, category
        for name in known.keys() & self.fields.keys():
            del self.fields[name]

    def clean_wished(self) -> str:
        wished: str = self.cleaned_data["wished"]
        if wished == self.value:
            raise forms.ValidationError(_("This is what stands there now. Please change it."))
        return as_stored(self.category, wished)

    def request_data(self, details: str) -> RequestFormData:
        """``details`` says which field, and what it should say."""
        data = {"first_name": "", **self.cleaned_data, **self.known}
        return RequestFormData(
            rights=[Right.RECTIFICATION],
            surname=data["surname"],
            first_name=data["first_name"],
            email=data["email"],
            details=details,
        )
