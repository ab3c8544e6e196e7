"""What the desk asks for an e-mail campaign."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.mailings import pictures, writing
from consent.mailings.models import Mailing
from consent.mailings.picture_models import MailingPicture
from privacy.companies import collecting
from privacy.companies.models import Entity, own_company
from privacy.files.fields import DocumentField
from privacy.web.languages import name_of

MARKDOWN = _("In Markdown: the marks that work are listed below.")


class MailingForm(forms.ModelForm):  # type: ignore[type-arg]
    """Both languages are written, whoever reads them: a campaign can be sent to more people later."""

    entity = forms.ChoiceField(label=_("Sent for"), help_text=_("Only who agreed for this company gets it."))
    languages = forms.MultipleChoiceField(
        label=_("Languages of the readers"),
        widget=forms.CheckboxSelectMultiple,
        initial=[code for code, _name in settings.LANGUAGES],
        error_messages={"required": _("Tick a language.")},
    )

    class Meta:
        model = Mailing
        fields = ("entity", "topic", "languages", "subject_en", "body_en", "subject_fr", "body_fr")
        help_texts = {"body_en": MARKDOWN, "body_fr": MARKDOWN}
        widgets = {
            "subject_en": forms.TextInput(attrs={"class": "long"}),
            "subject_fr": forms.TextInput(attrs={"class": "long"}),
            "body_en": forms.Textarea(attrs={"class": "long", "rows": 18}),
            "body_fr": forms.Textarea(attrs={"class": "long", "rows": 18}),
        }
        error_messages = {
            "subject_en": {"required": _("Write the subject in English.")},
            "body_en": {"required": _("Write the text in English.")},
            "subject_fr": {"required": _("Write the subject in French.")},
            "body_fr": {"required": _("Write the text in French.")},
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        companies = collecting.distinct([own_company(), *Entity.objects.in_force(timezone.localdate())])
        _choices_of(self.fields["entity"], [(each.siren, str(each)) for each in companies])
        _choices_of(self.fields["languages"], [(code, name_of(code)) for code, _name in settings.LANGUAGES])

    def clean_subject_en(self) -> str:
        return _on_one_line(self.cleaned_data["subject_en"])

    def clean_subject_fr(self) -> str:
        return _on_one_line(self.cleaned_data["subject_fr"])

    def clean_body_en(self) -> str:
        return _checked(self.cleaned_data["body_en"])

    def clean_body_fr(self) -> str:
        return _checked(self.cleaned_data["body_fr"])


class ScheduleForm(forms.Form):
    """Read in Paris. An hour that the clocks skip in spring, or strike twice in autumn, is refused by Django."""

    at = forms.SplitDateTimeField(
        label=_("Day and hour in Paris"),
        widget=AdminSplitDateTime,
        error_messages={
            "required": _("Say when it is to be sent."),
            "invalid": _("Write a day and an hour."),
        },
    )

    def __init__(self, *args: Any, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.now = now

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        if at <= self.now:
            raise ValidationError(_("This time is past. Choose a later one, or send it now."), code="past")
        return at


class PictureForm(forms.ModelForm):  # type: ignore[type-arg]
    picture = DocumentField(label=_("Picture"), kinds=pictures.KINDS)

    class Meta:
        model = MailingPicture
        fields = ()


def _choices_of(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _on_one_line(subject: str) -> str:
    return " ".join(subject.split())


def _checked(source: str) -> str:
    if found := writing.problems(source, is_ours=pictures.is_ours):
        raise ValidationError(found)
    return source
