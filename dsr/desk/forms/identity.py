from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from dsr.desk.forms.base import AdminActionForm, DayField, no_later_than_today
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.rules.deadlines import paris_day


class IdentityCheckForm(AdminActionForm):
    """What proved the identity; and when a proof that was awaited came: the clock runs on from that day."""

    came_on = DayField(label=_("The proof came on"))
    method = forms.ChoiceField(
        label=_("Certain by"), choices=IdentityCheckMethod.choices, widget=forms.RadioSelect
    )

    def set_choices(self) -> None:
        if not self.subject_request.clock().is_suspended:
            del self.fields["came_on"]
        if not self.subject_request.identity_checks.undecided().exists():
            field = self.choice_field("method")
            # Only a proof that was asked for can have been insufficient.
            field.choices = [
                each for each in IdentityCheckMethod.choices if each[0] != IdentityCheckMethod.INSUFFICIENT
            ]

    def clean_came_on(self) -> date:
        """Between the day on which it was asked for and today."""
        day = no_later_than_today(self.cleaned_data["came_on"])
        awaited = self.subject_request.identity_checks.awaited().first()
        if awaited and day < paris_day(awaited.asked_at):
            raise forms.ValidationError(_("The proof was asked for after this day."))
        return day
