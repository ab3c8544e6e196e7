from datetime import date

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from dsr.desk.forms.base import AdminActionForm, DayField, no_later_than_today
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


class InternalNoteForm(AdminActionForm):
    text = TextField(label=_("Your note"), max_length=5000, widget=forms.Textarea({"rows": 4}))
