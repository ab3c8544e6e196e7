from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsr.answer.models import NotificationOutcome
from dsr.answer.notifications import NotificationReport
from dsr.desk.forms.base import AdminActionForm, DayField
from dsr.rules.deadlines import paris_day
from privacy.files.fields import DocumentField
from privacy.files.uploads import SCANS
from privacy.web.fields import LineField, TextField

IF_NOTIFIED = _("Needed where they were told.")
PROOFS = ("pdf", "docx", *SCANS[1:])


class RecipientNotificationForm(AdminActionForm):
    """How one task ended. Notified: when, how, and the proof; not notified: why."""

    task = forms.TypedChoiceField(label=_("Recipient"), coerce=int)
    outcome = forms.ChoiceField(
        label=_("How it ended"), choices=NotificationOutcome.choices, widget=forms.RadioSelect
    )
    notified_on = DayField(label=_("Told on"), required=False, help_text=IF_NOTIFIED)
    means = LineField(label=_("By what means"), required=False, max_length=200, help_text=IF_NOTIFIED)
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

    def set_choices(self) -> None:
        field = self.choice_field("task")
        field.choices = [
            (each.pk, f"{each.recipient} ({each.in_law()})")
            for each in self.subject_request.recipient_notifications.open()
        ]
        self.initial = {"notified_on": paris_day(timezone.now()), "outcome": NotificationOutcome.NOTIFIED}

    def clean(self) -> dict[str, object] | None:
        cleaned, data = super().clean(), self.cleaned_data
        if data.get("outcome") != NotificationOutcome.NOTIFIED:
            if "reason" not in self.errors and not data.get("reason"):
                self.add_error("reason", _("Say why: the person may ask."))
            return cleaned
        if "notified_on" not in self.errors and not data.get("notified_on"):
            self.add_error("notified_on", _("Say when they were told."))
        if "means" not in self.errors and not data.get("means"):
            self.add_error("means", _("Say how: by letter, by e-mail, through their portal."))
        if not {"proof", "file"} & self.errors.keys() and not (data.get("proof") or data.get("file")):
            self.add_error(
                "proof", _("Without a proof nobody can show that they were told: in words, or as a file.")
            )
        return cleaned

    def clean_notified_on(self) -> date | None:
        """Between the change of the data and today."""
        today = paris_day(timezone.now())
        day: date | None = self.cleaned_data["notified_on"]
        if day and day > today:
            raise forms.ValidationError(_("This day is still to come."))
        task = (
            self.subject_request.recipient_notifications.open()
            .filter(pk=self.cleaned_data.get("task") or 0)
            .first()
        )
        if day and task and day < paris_day(task.opened_at):
            raise forms.ValidationError(_("There was nothing to tell before the data were changed."))
        return day

    def arguments(self) -> dict[str, object]:
        data = dict(self.cleaned_data)
        task, is_notified = data.pop("task"), data["outcome"] == NotificationOutcome.NOTIFIED
        if is_notified:
            return {"task": task, "report": NotificationReport(**{**data, "reason": ""})}
        return {"task": task, "report": NotificationReport(outcome=data["outcome"], reason=data["reason"])}
