from datetime import date

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from dsr.desk.forms.base import DayField
from dsr.identity import mandates
from dsr.intake import submission
from dsr.intake.by_post import EnteredLetter, LetterWriter, earliest_day
from dsr.intake.forms import HEIRS_ONLY, RightsField
from dsr.intake.models import EnclosedProof
from dsr.requests.mandate_models import AnswersTo, Capacity
from dsr.requests.models import SubjectRequest
from dsr.rules.after_death import HEIRS_MAY
from dsr.rules.deadlines import paris_day
from dsr.rules.rights import NEEDS_WORDS, QUESTIONS, Right
from dsr.rules.transitions import Transition, is_legal
from privacy.files.fields import DocumentField, DocumentForm, hint
from privacy.files.uploads import SCANS
from privacy.web.fields import EmailField, LineField, TextField

EMAIL, POST = "email", "post"
NEEDED = ("rights", "surname", "postal_address", "language", "answer")
NEEDED_OF_WRITER = ("by_surname", "document")


class NewRequestBoundField(forms.BoundField):
    """Knows whether a new request needs it: a letter that joins another request does not."""

    @property
    def is_needed(self) -> bool:
        return self.name in NEEDED


class LetterEntryForm(DocumentForm):
    """A letter that came by post, for an existing request or a new one."""

    bound_field_class = NewRequestBoundField

    received_on = DayField(
        label=_("Received on"), help_text=_("The day on which the letter reached us: the delay runs from it.")
    )
    scan = DocumentField(
        label=_("Scan of the letter"),
        kinds=SCANS,
    )
    identity = forms.ChoiceField(
        label=_("Identity"),
        choices=EnclosedProof.choices,
        initial=EnclosedProof.NONE,
        widget=forms.RadioSelect,
    )
    reference = LineField(
        label=_("Reference on the letter"),
        required=False,
        max_length=20,
        help_text=_("If the letter carries one, it joins that request, and nothing below is needed."),
    )
    rights = RightsField(
        label=_("What the person would like"),
        choices=[(right, words) for right, words in QUESTIONS.items() if right != Right.NO_NAVIGATION],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    first_name = LineField(label=_("First name"), required=False, max_length=100)
    surname = LineField(label=_("Surname"), required=False, max_length=100)
    email = EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        help_text=_(
            "The one on the letter, or the one under which we know this person: our records are found by it."
        ),
    )
    postal_address = TextField(
        label=_("Postal address"), required=False, max_length=500, widget=forms.Textarea({"rows": 3})
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=settings.LANGUAGES,
        initial=settings.CONTROLLER["language"],
    )
    answer = forms.ChoiceField(
        label=_("Answered"),
        required=False,
        choices=[(POST, _("by post")), (EMAIL, _("by e-mail"))],
        initial=POST,
        widget=forms.RadioSelect,
    )
    capacity = forms.ChoiceField(
        label=_("Somebody else writes"),
        required=False,
        choices=[("", _("no: the person whose data it is")), *Capacity.choices],
        help_text=_(
            "Then above stand the names and the address of the person whose data it is, and below those of who writes."
        ),
        widget=forms.RadioSelect,
    )
    by_first_name = LineField(label=_("First name of who writes"), required=False, max_length=100)
    by_surname = LineField(label=_("Surname of who writes"), required=False, max_length=100)
    by_email = EmailField(label=_("E-mail address of who writes"), required=False, max_length=254)
    document = DocumentField(
        label=_("What shows that they may ask"),
        kinds=SCANS,
        required=False,
        help_text=format_lazy(
            "{} {}", _("In one file; after a death with the death certificate."), hint(SCANS)
        ),
    )
    details = TextField(
        label=_("In particular"), required=False, max_length=2000, widget=forms.Textarea({"rows": 4})
    )

    def clean_received_on(self) -> date:
        """Neither in the future nor in a year that was mistyped."""
        day: date = self.cleaned_data["received_on"]
        if day > paris_day(self.now):
            raise forms.ValidationError(_("This day is still to come."))
        if day < earliest_day():
            raise forms.ValidationError(_("There was no company then to write to."))
        return day

    def clean_reference(self) -> str:
        """In any spelling, and of a request that can still take a letter."""
        signs = "".join(sign for sign in self.cleaned_data["reference"].upper() if sign.isalnum())
        self.found: SubjectRequest | None = None
        if not signs:
            return ""
        self.found = (
            SubjectRequest.objects.live(self.now).filter(reference=f"{signs[:4]}-{signs[4:]}").first()
        )
        if self.found is None:
            raise forms.ValidationError(_("No request has this reference."))
        if not is_legal(self.found.state, Transition.ENTER_LETTER):
            raise forms.ValidationError(
                _(
                    "This request is decided. Leave the reference out: the letter is a new request, linked to it."
                )
            )
        return str(self.found.reference)

    def clean(self) -> dict[str, object] | None:
        """Without a reference, everything that a request needs."""
        cleaned, data = super().clean(), self.cleaned_data
        if self.errors.get("reference") or data.get("reference"):
            self._check_days()
            return cleaned
        for name in NEEDED:
            if name not in self.errors and not data.get(name):
                self.add_error(name, _("This is needed."))
        if data.get("answer") == EMAIL and "email" not in self.errors and not data.get("email"):
            self.add_error("email", _("Without an address the answer goes by post."))
        if NEEDS_WORDS & set(data.get("rights", ())) and not data.get("details"):
            self.add_error("details", _("Say what it is about, in the person's words."))
        if data.get("capacity"):
            self._check_writer()
        return cleaned

    def letter(self) -> EnteredLetter:
        data = self.cleaned_data
        return EnteredLetter(data["received_on"], data["scan"], data["identity"])

    def writer(self) -> LetterWriter:
        data = self.cleaned_data
        fields = {name: data[name] for name in ("rights", "surname", "first_name", "email", "details")}
        return LetterWriter(
            submission.RequestFormData(**fields),
            data["language"],
            data["postal_address"],
            data["answer"] == POST,
            self._representation(),
        )

    def _representation(self) -> mandates.Representation | None:
        data = self.cleaned_data
        if not data["capacity"]:
            return None
        return mandates.Representation(
            surname=data["by_surname"],
            first_name=data["by_first_name"],
            email=data["by_email"],
            answers_to=AnswersTo.REPRESENTATIVE,
            document=data["document"],
            capacity=data["capacity"],
        )

    def _check_writer(self) -> None:
        data = self.cleaned_data
        needed = (*NEEDED_OF_WRITER, *(["by_email"] if data.get("answer") == EMAIL else []))
        for name in needed:
            if name not in self.errors and not data.get(name):
                self.add_error(name, _("This is needed."))
        if data["capacity"] == Capacity.HEIR and not set(data.get("rights", ())) <= HEIRS_MAY:
            self.add_error("rights", HEIRS_ONLY)

    def _check_days(self) -> None:
        """A letter cannot come before the request that it names, nor a proof before it was asked for."""
        data, found = self.cleaned_data, getattr(self, "found", None)
        day = data.get("received_on")
        if found is None or day is None:
            return
        waits = found.identity_checks.awaited().first()
        has_proof = data.get("identity") in {EnclosedProof.TO_CHECK, EnclosedProof.CHECKED}
        if waits and has_proof and day < paris_day(waits.asked_at):
            self.add_error("received_on", _("The proof was asked for after this day."))
        elif day < earliest_day(found):
            self.add_error("received_on", _("This request was made after this day."))
