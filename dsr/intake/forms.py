from collections.abc import Iterable

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from dsr.identity import mandates
from dsr.intake import submission
from dsr.requests.mandate_models import AnswersTo, Capacity
from dsr.rules.after_death import HEIRS_MAY
from dsr.rules.rights import NEEDS_WORDS, QUESTIONS, Right
from privacy.companies.forms import CollectingForm
from privacy.files.fields import DocumentField, DocumentForm, hint
from privacy.files.uploads import SCANS
from privacy.web.fields import SINGLE_NAME, NameField, ReachedEmailField, TextField
from privacy.web.spam import SpamGuardedForm

MYSELF = "self"
FOR_MYSELF = ("visits",)
# Somebody asks for another: on what they rely.
CAPACITIES = {"another": Capacity.MANDATE, "deceased": Capacity.HEIR, "child": Capacity.PARENT}
FOR_ANOTHER = ("by_first_name", "by_surname", "by_email", "mandate", "death_certificate", "answers_to")
NEEDED_FOR_ANOTHER = ("by_surname", "by_email", "mandate")
# Shown with some of the answers alone.
SHOWN_FOR = {"death_certificate": "for-deceased", "answers_to": "with-mandate"}


# {information: it quotes act 78-17, article 85}
HEIRS_ONLY = _(
    "For a person who has died you may ask to see what settling the estate needs, to have data corrected or erased, "
    "and to have a use of them stopped. The other rights end with death."
)


class RequestBoundField(forms.BoundField):
    """Knows whether it is only for those who ask for somebody else, or for themselves: the style sheet hides it."""

    @property
    def is_needed(self) -> bool:
        """Marked as required where it is shown, though nobody who asks for themselves has to fill it in."""
        return self.name in {*NEEDED_FOR_ANOTHER, "death_certificate", "answers_to"}

    def css_classes(self, extra_classes: str | Iterable[str] | None = None) -> str:
        usual = super().css_classes(extra_classes)
        special = ["for-myself"] if self.name in FOR_MYSELF else []
        special += ["for-another"] if self.name in FOR_ANOTHER else []
        return " ".join(filter(None, [usual, *special, SHOWN_FOR.get(self.name, "")]))


class RightsField(forms.MultipleChoiceField):
    """Each right once, however often a browser names it."""

    def clean(self, value: object) -> list[str]:
        return list(dict.fromkeys(super().clean(value)))


class RequestForm(SpamGuardedForm, CollectingForm, DocumentForm):
    bound_field_class = RequestBoundField

    for_whom = forms.ChoiceField(
        label=_("Whose data is it about?"),
        choices=[
            (MYSELF, _("Mine")),
            ("another", _("Somebody else’s, who has given me a mandate in writing")),
            ("deceased", _("Those of a person who has died")),
            ("child", _("Those of my child, who is under fifteen")),  # {right: child}
        ],
        initial=MYSELF,
        help_text=_("For somebody else: first what you ask for them, their name and address, then yours."),
        widget=forms.RadioSelect,
    )
    rights = RightsField(
        label=_("What would you like?"),
        choices=list(QUESTIONS.items()),
        help_text=_("Tick whatever you need: we answer everything together."),  # {promise: data.answered}
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please tick at least one line.")},
    )
    visits = forms.BooleanField(
        label=_("… and the visits of this browser"),
        required=False,
        # {right: visits, access}
        help_text=_(
            "We copy them, without the number of the browser, when you send this form, and put them into the answer. "
            "Does somebody else use this browser, too? Then their visits are among them."
        ),
    )
    first_name = NameField(
        label=_("First name"),
        required=False,
        max_length=100,
        help_text=SINGLE_NAME,
        widget=forms.TextInput({"autocomplete": "given-name"}),
    )
    surname = NameField(
        label=_("Surname"), max_length=100, widget=forms.TextInput({"autocomplete": "family-name"})
    )
    email = ReachedEmailField(
        label=_("E-mail address"),
        max_length=254,
        # {promise: data.mail}
        help_text=_(
            "The address that was used with us. If it is yours, we send a link to it, for you to confirm."
        ),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    by_first_name = NameField(
        label=_("Your own first name"), required=False, max_length=100, help_text=SINGLE_NAME
    )
    by_surname = NameField(label=_("Your own surname"), required=False, max_length=100)
    by_email = ReachedEmailField(
        label=_("Your own e-mail address"),
        required=False,
        max_length=254,
        # {promise: data.mail}
        help_text=_(
            "We write to this one. Above stand the names and the address of the person whose data it is."
        ),
    )
    mandate = DocumentField(
        label=_("What shows that you may ask"),
        kinds=SCANS,
        required=False,
        help_text=format_lazy(
            "{} {}",
            _(
                "Their mandate: a document with both names, what you may ask for, a date and their signature. After a "
                "death: what shows that you are an heir, such as an attestation of the heirs, or that the person named "
                "you in their instructions. For your child: the family record book or a birth certificate. A photo of "
                "it is enough."
            ),
            hint(SCANS),
        ),
    )
    death_certificate = DocumentField(
        label=_("Death certificate"),
        kinds=SCANS,
        required=False,
        help_text=format_lazy("{} {}", _("A copy or a photo of it is enough."), hint(SCANS)),
    )
    answers_to = forms.ChoiceField(
        label=_("Who gets our answer?"),
        choices=[
            (AnswersTo.REPRESENTATIVE, _("I do")),
            (AnswersTo.PERSON, _("The person whose data it is")),
        ],
        initial=AnswersTo.REPRESENTATIVE,
        required=False,
        widget=forms.RadioSelect,
    )
    details = TextField(
        label=_("What we should know"),
        required=False,
        max_length=2000,
        # {right: rectification, objection, restriction}
        help_text=_(
            "To correct something: what is wrong, and what it should be. To object to a use or to have it restricted: "
            "which use, and why. You don’t need to give a reason for anything else."
        ),
        widget=forms.Textarea({"rows": 4}),
    )

    def leave_out_visits(self) -> None:
        """For a browser of which no visit can be found."""
        del self.fields["visits"]

    def wants_visits(self) -> bool:
        """Only somebody who asks for themselves can mean this browser."""
        return bool(self.cleaned_data.get("visits")) and not self.is_for_another()

    def clean(self) -> dict[str, object] | None:
        cleaned = super().clean()
        if self.wants_visits() and Right.ACCESS not in self.cleaned_data.get("rights", ()):
            self.add_error(
                "visits",
                _("To receive them, also tick the line above: to see your data."),
            )
        if NEEDS_WORDS & set(self.cleaned_data.get("rights", ())) and not self.cleaned_data.get("details"):
            self.add_error("details", _("Please tell us in a few words what it is about: we cannot guess."))
        if self.is_for_another():
            self._check_mandate()
        return cleaned

    def request_data(self) -> submission.RequestFormData:
        names = submission.RequestFormData.__annotations__
        return submission.RequestFormData(**{name: self.cleaned_data[name] for name in names})

    def is_for_another(self) -> bool:
        return self.cleaned_data.get("for_whom") in CAPACITIES

    def representation(self) -> mandates.Representation | None:
        if not self.is_for_another():
            return None
        data = self.cleaned_data
        return mandates.Representation(
            surname=data["by_surname"],
            first_name=data["by_first_name"],
            email=data["by_email"],
            answers_to=self._answers_to(),
            document=data["mandate"],
            capacity=self.capacity(),
            death_certificate=data["death_certificate"] if self.capacity() == Capacity.HEIR else None,
        )

    def capacity(self) -> Capacity:
        return CAPACITIES[self.cleaned_data["for_whom"]]

    def _answers_to(self) -> str:
        """A dead person reads no answer, and a parent asks in the place of the child."""
        if self.capacity() != Capacity.MANDATE:
            return AnswersTo.REPRESENTATIVE
        return self.cleaned_data["answers_to"] or AnswersTo.REPRESENTATIVE

    def submitter(self) -> str:
        """The address of whoever fills in the form."""
        return str(self.cleaned_data["by_email" if self.is_for_another() else "email"])

    def _check_mandate(self) -> None:
        is_of_dead = self.capacity() == Capacity.HEIR
        for name in (*NEEDED_FOR_ANOTHER, *(["death_certificate"] if is_of_dead else [])):
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, _("To ask for somebody else, this is needed."))
        rights = set(self.cleaned_data.get("rights", ()))
        if Right.NO_NAVIGATION in rights:
            # {right: no_navigation}
            self.add_error("rights", _("Only somebody’s own browser can stop the recording of its visits."))
        elif is_of_dead and not rights <= HEIRS_MAY:
            self.add_error("rights", HEIRS_ONLY)


class ConfirmForm(forms.Form):
    """The page confirms what it shows, whatever link was opened after it: what proves that goes along."""

    token = forms.CharField(widget=forms.HiddenInput)
