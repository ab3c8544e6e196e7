import re

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
    text = TextField(
        label=_("What the applicant wrote or said"), max_length=10_000, widget=forms.Textarea({"rows": 10})
    )


class ArchiveReasonForm(forms.Form):
    reason = TextField(
        label=_("Reason"),
        min_length=10,
        max_length=1000,
        help_text=_("The applicant will read it if they ask what we hold."),
        widget=forms.Textarea({"rows": 4}),
    )
