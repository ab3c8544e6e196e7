"""What the desk asks for about a recipient who has to be told."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsr.answer.models import Told
from dsr.answer.recipients import Account
from dsr.desk.forms.base import DayField, DeedForm
from dsr.rules.deadlines import paris_day
from privacy.files.fields import DocumentField
from privacy.files.uploads import SCANS
from privacy.web.fields import LineField, TextField

WHERE_TOLD = _("Needed where they were told.")
PROOFS = ("pdf", "docx", *SCANS[1:])


class TellForm(DeedForm):
    """How one task ended. Who was told: when, how, and the proof; who was not: why."""

    task = forms.TypedChoiceField(label=_("Recipient"), coerce=int)
    outcome = forms.ChoiceField(label=_("How it ended"), choices=Told.choices, widget=forms.RadioSelect)
    told_on = DayField(label=_("Told on"), required=False, help_text=WHERE_TOLD)
    means = LineField(label=_("By what means"), required=False, max_length=200, help_text=WHERE_TOLD)
    proof = TextField(
        label=_("Proof, in words"),
        help_text=_(
            "Where they were told, in words or as a file: such as the number of the registered letter, or what they "
            "confirmed."
        ),
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 3}),
    )
    file = DocumentField(label=_("Proof, as a file"), kinds=PROOFS, required=False)
    reason = TextField(
        label=_("Why they were not told"),
        required=False,
        help_text=_("Needed where they were not told."),
        max_length=5000,
        widget=forms.Textarea({"rows": 3}),
    )

    def fit(self) -> None:
        """The open tasks of this request."""
        field = self.fields["task"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (each.pk, f"{each.recipient} ({each.in_law()})") for each in self.asked.tellings.open()
        ]
        self.initial = {"told_on": paris_day(timezone.now()), "outcome": Told.TOLD}

    def clean(self) -> dict[str, Any] | None:
        """Told is proved; not told is explained."""
        cleaned, said = super().clean(), self.cleaned_data
        if said.get("outcome") != Told.TOLD:
            if "reason" not in self.errors and not said.get("reason"):
                self.add_error("reason", _("Say why: the person may ask."))
            return cleaned
        if "told_on" not in self.errors and not said.get("told_on"):
            self.add_error("told_on", _("Say when they were told."))
        if "means" not in self.errors and not said.get("means"):
            self.add_error("means", _("Say how: by letter, by e-mail, through their portal."))
        if not {"proof", "file"} & self.errors.keys() and not (said.get("proof") or said.get("file")):
            self.add_error(
                "proof", _("Without a proof nobody can show that they were told: in words, or as a file.")
            )
        return cleaned

    def clean_told_on(self) -> Any:
        """Between the deed and today."""
        day, today = self.cleaned_data["told_on"], paris_day(timezone.now())
        if day and day > today:
            raise forms.ValidationError(_("This day is still to come."))
        task = self.asked.tellings.open().filter(pk=self.cleaned_data.get("task") or 0).first()
        if day and task and day < paris_day(task.opened_at):
            raise forms.ValidationError(_("There was nothing to tell before the data were changed."))
        return day

    def said(self) -> dict[str, Any]:
        """The task and its account."""
        said = dict(self.cleaned_data)
        task, is_told = said.pop("task"), said["outcome"] == Told.TOLD
        if is_told:
            return {"task": task, "account": Account(**{**said, "reason": ""})}
        return {"task": task, "account": Account(outcome=said["outcome"], reason=said["reason"])}
