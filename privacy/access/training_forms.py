"""Forms of the desk about trainings."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from privacy.access import expiry, trainings
from privacy.access.trainings import Course
from privacy.datamap import masks
from privacy.files.fields import DocumentField
from privacy.files.uploads import SCANS
from privacy.web.fields import LineField


class ReadingForm(forms.Form):
    """The undertaking below the page of confidentiality."""

    is_read = forms.BooleanField(
        label=_("I have read this page, and I undertake to keep to it."),
        error_messages={"required": _("Tick the box once you have read the page.")},
    )


class CourseForm(forms.Form):
    """A training elsewhere. Proved by a reference, a document, or both."""

    held_on = forms.DateField(
        label=_("Held on"), input_formats=["%Y-%m-%d"], widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=_("Valid until"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text=_(
            "Three years after the training at the latest. After that day, personal data are closed."
        ),
    )
    reference = LineField(
        label=_("Reference of the proof"),
        required=False,
        max_length=200,
        help_text=_("Such as the number of a certificate, and who issued it. Or attach the proof below."),
    )
    proof = DocumentField(label=_("Proof"), required=False, kinds=SCANS)

    def __init__(self, *args: Any, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = expiry.day_of(now)

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or {}
        if {"held_on", "last_day"} <= facts.keys():
            self._check_days(facts)
        if "proof" not in self.errors and not (facts.get("reference") or facts.get("proof")):
            self.add_error("reference", _("Give a reference, or attach the proof."))
        return facts

    def _check_days(self, facts: dict[str, Any]) -> None:
        if facts["held_on"] > self.today:
            self.add_error("held_on", _("This day is still to come."))
        elif not trainings.is_possible(facts["held_on"], facts["last_day"], today=self.today):
            self.add_error(
                "last_day", _("Choose a day between today and three years after the day of the training.")
            )

    def course(self) -> Course:
        names = ("held_on", "last_day", "reference", "proof")
        return Course(**{name: self.cleaned_data[name] for name in names})


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        """Two masked addresses may look alike; their numbers do not."""
        return f"{masks.email(obj.get_username())} ({obj.pk})"


class TrainingForm(CourseForm):
    """For somebody of the staff."""

    person: Any = PersonField(queryset=None, label=capfirst(_("person")))
    field_order = ("person",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = _staff()


def _staff() -> "QuerySet[Any]":
    model = get_user_model()
    return model._default_manager.filter(is_active=True, is_staff=True).order_by(model.USERNAME_FIELD)
