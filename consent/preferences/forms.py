from collections.abc import Iterable
from typing import Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from consent.cookies.registry import DeclaredGroup

OPT_IN: Final = _(
    "I agree that SoftNLabs may send me information about its services by e-mail. "
    "I can withdraw this agreement at any time, with the link in each message."
)


class ChoicesForm(forms.Form):
    """A yes or no for each group. An empty box is a no: no box is ticked in advance (GDPR recital 32)."""

    def __init__(self, data: QueryDict, *, groups: Iterable[DeclaredGroup]) -> None:
        super().__init__(data)
        for group in groups:
            self.fields[group.key] = forms.BooleanField(required=False)

    def answers(self) -> dict[str, bool]:
        return {name: bool(value) for name, value in self.cleaned_data.items()}


class OptInMixin(forms.Form):
    """Adds the unticked box for commercial mail to a public form. Its sentence is kept in the ledger as proof.

    In the view, after the form's own work: `if form.cleaned_data["opt_in"]: prospecting.opt_in(...)`.
    """

    opt_in = forms.BooleanField(required=False, initial=False, label=OPT_IN)

    def opt_in_sentence(self) -> str:
        """As shown, in the language of the page."""
        return str(self.fields["opt_in"].label)
