from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsr.after_death import instructions
from dsr.desk.forms.base import AdminActionForm, DayField, no_later_than_today
from dsr.requests.mandate_models import Capacity, mandate_of
from dsr.rules import ages
from dsr.rules.after_death import Finding
from dsr.rules.deadlines import paris_day
from privacy.files.fields import DocumentField
from privacy.files.uploads import SCANS
from privacy.web.fields import TextField


class MandateResubmissionForm(AdminActionForm):
    """The mandate that came once more, by post."""

    document = DocumentField(label=_("The mandate, or the proof in its place"), kinds=SCANS)


class MandateCheckForm(AdminActionForm):
    """An age is asked only of a child for whom a parent asks, and is not kept."""

    born_on = DayField(
        label=_("Date of birth of the child, on the document"),
        help_text=_("It is compared with the age of fifteen, and not kept."),
    )

    def set_choices(self) -> None:
        mandate = mandate_of(self.subject_request)
        if mandate is None or mandate.capacity != Capacity.PARENT:
            del self.fields["born_on"]

    def clean_born_on(self) -> date:
        day = no_later_than_today(self.cleaned_data["born_on"])
        if ages.decides_alone(day, on=paris_day(timezone.now())):
            raise forms.ValidationError(
                _("From fifteen on the child decides alone: this request can only be refused.")
            )
        return day


class InstructionsForm(AdminActionForm):
    """What was found, and what follows: the words stay in the file of the request."""

    finding = forms.ChoiceField(label=_("Instructions"), choices=Finding.choices, widget=forms.RadioSelect)
    words = TextField(
        label=_("What follows for the answer"),
        help_text=_(
            "How the instructions are followed; without any, what of the data settling the estate needs, and why."
        ),
        max_length=5000,
        widget=forms.Textarea({"rows": 4}),
    )

    def set_choices(self) -> None:
        """That there are none cannot be said where some are recorded under the address."""
        if instructions.recorded_under_address(self.subject_request, now=timezone.now()):
            field = self.choice_field("finding")
            field.choices = [each for each in Finding.choices if each[0] != Finding.NONE]
