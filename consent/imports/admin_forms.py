from datetime import date

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from consent.imports.checking import ForAll
from consent.imports.reading import MOST_BYTES, TOO_LARGE
from privacy.web.fields import LineField


class ListForm(forms.Form):
    """A list, and what holds for each line that does not say it itself."""

    title = LineField(label=_("Name of the list"), max_length=100)
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV or XLSX, of 5 MB and 20,000 lines at most. It is read now and not kept: its lines are."
        ),
        widget=forms.FileInput({"accept": ".csv,.xlsx"}),
    )
    language = forms.ChoiceField(
        label=_("Language of those whose line names none"), choices=settings.LANGUAGES
    )
    source = LineField(
        label=_("Where their addresses come from"),
        required=False,
        max_length=200,
        help_text=_(
            "From whom, and on what occasion: each person reads it. Leave it empty if each line has its own."
        ),
    )
    obtained_on = forms.DateField(
        label=_("Day on which they agreed"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Leave it empty if each line has its own."),
    )
    proof = LineField(
        label=_("Proof of consent"),
        required=False,
        max_length=500,
        help_text=_("Where their agreement can be read. Leave it empty if each line has its own."),
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        content: bytes = file.read()
        return content

    def common(self) -> ForAll:
        """Only for a valid form."""
        data = self.cleaned_data
        day: date | None = data["obtained_on"]
        return ForAll(data["language"], data["source"], day, data["proof"])
