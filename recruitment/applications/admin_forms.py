import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.web.fields import LineField, TextField


class ReplyTemplate(models.TextChoices):
    """Each value is a template: `recruitment/applications/replies/<value>.txt`."""

    INVITATION = "invitation", _("Invitation to an interview")
    QUESTION = "question", _("A question")
    REFUSAL = "refusal", _("Refusal")


def validate_no_blanks_left(text: str) -> None:
    """Validator: refuses a text in which a template's bracketed blank was not filled in."""
    blank = re.search(r"\[[^\]]{1,60}\]", text)
    if blank:
        raise ValidationError(
            _("Please fill in what stands in brackets: %(blank)s"), params={"blank": blank[0]}
        )


class ReplyForm(forms.Form):
    subject = LineField(label=_("Subject"), max_length=150)
    text = TextField(
        label=_("Text"),
        max_length=10_000,
        widget=forms.Textarea({"rows": 16}),
        validators=[validate_no_blanks_left],
    )


class ApplicantMessageForm(forms.Form):
    on = forms.DateField(
        label=_("Day of the contact"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The day of the letter, call or meeting: the period counts from it. Left empty: today."),
    )
    text = TextField(
        label=_("What the applicant wrote or said"), max_length=10_000, widget=forms.Textarea({"rows": 10})
    )

    def __init__(self, *args: Any, received_on: date, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {"on": today}
        self.received_on, self.today = received_on, today

    def clean_on(self) -> date | None:
        day: date | None = self.cleaned_data["on"]
        if day and day > self.today:
            raise ValidationError(_("This day is still to come."))
        if day and day < self.received_on:
            raise ValidationError(_("The application came after this day."))
        return day
