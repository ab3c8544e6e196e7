from datetime import date

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from dsr.desk.forms.base import AdminActionForm, DayField, ReasonActionForm, no_later_than_today
from dsr.rules.deadlines import paris_day
from privacy.web.fields import TextField


class LetterPostedForm(AdminActionForm):
    letter = forms.TypedChoiceField(label=_("Letter"), coerce=int)
    day = DayField(label=_("Put in the post on"))

    def set_choices(self) -> None:
        field = self.choice_field("letter")
        waiting = self.subject_request.sent_letters.to_post()
        field.choices = [
            (each.pk, f"{date_format(paris_day(each.written_at), 'DATE_FORMAT')} · {each.subject}")
            for each in waiting
        ]
        self.initial = {"day": paris_day(timezone.now())}

    def clean_day(self) -> date:
        """Between the day of the letter and today."""
        day = no_later_than_today(self.cleaned_data["day"])
        letter = (
            self.subject_request.sent_letters.to_post()
            .filter(pk=self.cleaned_data.get("letter") or 0)
            .first()
        )
        if letter and day < paris_day(letter.written_at):
            raise forms.ValidationError(_("The letter was written after this day."))
        return day


class ExtensionForm(ReasonActionForm):
    """Told by post, an extension counts from the day on which the letter was posted (GDPR 12(3))."""

    posted_on = DayField(
        label=_("Put in the post on"),
        help_text=_(
            "Preview and print the letter, put it in the post, then enter the day here: the extension counts from it."
        ),
    )

    def set_choices(self) -> None:
        if self.subject_request.by_post:
            self.initial = {"posted_on": paris_day(timezone.now())}
        else:
            del self.fields["posted_on"]

    def clean_posted_on(self) -> date:
        """From the day of the request on, until today, and inside the first month."""
        day = no_later_than_today(self.cleaned_data["posted_on"])
        clock = self.subject_request.clock()
        if day < clock.received_on:
            raise forms.ValidationError(_("The request came after this day."))
        if day > (last := clock.last_day_to_extend(day)):
            raise forms.ValidationError(
                _(
                    "The first month ended on %(day)s. A letter posted later does not extend it: answer without delay."
                ),
                params={"day": date_format(last, "DATE_FORMAT")},
            )
        return day


class InternalNoteForm(AdminActionForm):
    text = TextField(label=_("Your note"), max_length=5000, widget=forms.Textarea({"rows": 4}))
