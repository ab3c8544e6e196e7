"""What the desk asks for about the identity of who asks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dsr.desk.forms.base import AdminActionForm, DayField, no_later_than_today
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.rules.deadlines import paris_day


class IdentityCheckForm(AdminActionForm):
    """By what the identity is certain."""

    method = forms.ChoiceField(
        label=_("Certain by"), choices=IdentityCheckMethod.choices, widget=forms.RadioSelect
    )

    def set_choices(self) -> None:
        """That a proof was not sufficient can be said of one that was asked for."""
        if not self.subject_request.identity_checks.undecided().exists():
            field = self.fields["method"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [
                each for each in IdentityCheckMethod.choices if each[0] != IdentityCheckMethod.INSUFFICIENT
            ]


class IdentityProofReceivedForm(IdentityCheckForm):
    """The proof that was awaited has come; the clock runs on from that day."""

    field_order = ["came_on", "method"]
    came_on = DayField(label=_("The proof came on"))

    def clean_came_on(self) -> Any:
        """Between the day on which it was asked for and today."""
        day = no_later_than_today(self.cleaned_data["came_on"])
        awaited = self.subject_request.identity_checks.awaited().first()
        if awaited and day < paris_day(awaited.asked_at):
            raise forms.ValidationError(_("The proof was asked for after this day."))
        return day
