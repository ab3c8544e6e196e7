"""What the desk asks for about letters and notes."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from dsr.admin.forms import DayField, DeedForm
from dsr.deadlines import paris_day
from privacy.forms import TextField


class PostForm(DeedForm):
    """Which letter went, and when."""

    letter = forms.TypedChoiceField(label=_("Letter"), coerce=int)
    day = DayField(label=_("Put in the post on"))

    def fit(self) -> None:
        """The letters that wait to be posted."""
        field = self.fields["letter"]
        assert isinstance(field, forms.ChoiceField)
        waiting = self.asked.sent_letters.to_post()
        field.choices = [
            (each.pk, f"{date_format(paris_day(each.written_at), 'DATE_FORMAT')} · {each.subject}")
            for each in waiting
        ]
        self.initial = {"day": paris_day(timezone.now())}

    def clean_day(self) -> Any:
        """Not in the future."""
        day = self.cleaned_data["day"]
        if day > paris_day(timezone.now()):
            raise forms.ValidationError(_("This day is still to come."))
        return day


class NoteForm(DeedForm):
    """A note for those who work on the request."""

    text = TextField(label=_("Your note"), max_length=5000, widget=forms.Textarea({"rows": 4}))
