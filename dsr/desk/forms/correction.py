from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsr.desk.forms.base import NO_CHOICE, AdminActionForm
from dsr.review import corrections
from privacy.datamap.subjects import fingerprint
from privacy.web.fields import TextField


class CorrectionForm(AdminActionForm):
    """One field of one record: today's value stands in the list, the requested one is typed."""

    place = forms.ChoiceField(
        label=_("Record and field, with the value today"),
        error_messages={
            "invalid_choice": _(
                "The value has changed since you opened the page: choose again among today’s."
            )
        },
    )
    wished = TextField(
        label=_("Requested value"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )
    is_accepted = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("yes", _("accepted: written with the answer")), ("no", _("refused: nothing is written"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )
    reason = TextField(
        label=_("Reasons, as the person reads them"),
        required=False,
        help_text=_("Needed where it is refused."),
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
    )

    def set_choices(self) -> None:
        """The choice holds a hash of the value, so that nobody decides on one that they have not seen."""
        held = corrections.places(self.subject_request.subject(), now=timezone.now())
        known = {**dict(corrections.gone(self.subject_request)), **dict(held)}
        self.places = {f"{key} {fingerprint(place.was)[:12]}": place for key, place in known.items()}
        field = self.choice_field("place")
        field.choices = [
            NO_CHOICE,
            *((key, corrections.describe(place)) for key, place in self.places.items()),
        ]

    def clean(self) -> dict[str, object] | None:
        cleaned, data = super().clean(), self.cleaned_data
        place = self.places.get(data.get("place", ""))
        if data.get("is_accepted") is False and not data.get("reason"):
            self.add_error("reason", _("Say it in words that the person understands."))
        if place and data.get("is_accepted"):
            self._spell(place)
        return cleaned

    def _spell(self, place: corrections.CorrectablePlace) -> None:
        try:
            self.cleaned_data["wished"] = corrections.as_stored(place, self.cleaned_data.get("wished", ""))
        except forms.ValidationError as error:
            self.add_error("wished", error)

    def arguments(self) -> dict[str, object]:
        return {**self.cleaned_data, "place": self.places[self.cleaned_data["place"]]}
