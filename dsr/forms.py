"""The public forms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dsr import intake, papers
from dsr.kinds import NEEDS_WORDS, QUESTIONS, Kind
from privacy.documents import DocumentField, DocumentForm
from privacy.forms import EmailField, LineField, TextField
from privacy.models import Draft
from privacy.uploads import SCANS, Checked


class RequestForm(forms.Form):
    """What somebody wants, in plain words, and who they are."""

    kinds = forms.MultipleChoiceField(
        label=_("What would you like?"),
        choices=list(QUESTIONS.items()),
        initial=[Kind.ACCESS],
        help_text=_("Tick whatever you need: we answer everything together."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please tick at least one line.")},
    )
    first_name = LineField(
        label=_("First name"), max_length=100, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    surname = LineField(
        label=_("Surname"), max_length=100, widget=forms.TextInput({"autocomplete": "family-name"})
    )
    email = EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The one that you used with us. We write to it to make sure that it is yours."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    wish = TextField(
        label=_("What we should know"),
        required=False,
        max_length=2000,
        help_text=_(
            "To correct something: what is wrong, and what it should be. To object to a use or to have it restricted: "
            "which use, and why. For all else you need not say anything, nor why you ask."
        ),
        widget=forms.Textarea({"rows": 4}),
    )

    def clean(self) -> dict[str, Any] | None:
        """Some rights need a word."""
        cleaned = super().clean()
        if NEEDS_WORDS & set(self.cleaned_data.get("kinds", ())) and not self.cleaned_data.get("wish"):
            self.add_error("wish", _("Please tell us in a few words what it is about: we cannot guess."))
        return cleaned

    def asked(self) -> intake.Form:
        """What was filled in, checked."""
        return intake.Form(**self.cleaned_data)


class BrowserForm(forms.Form):
    """Whether what was recorded of this browser belongs in the answer: only the person knows who else uses it."""

    YES, NO = "yes", "no"
    browser = forms.ChoiceField(
        label=_("Do you alone use this browser?"),
        choices=[
            (YES, _("Yes: add the pages seen and the choices made with it to my answer")),
            (NO, _("No, others use it too: leave them out")),
        ],
        widget=forms.RadioSelect,
    )

    def is_mine(self) -> bool:
        return bool(self.cleaned_data["browser"] == self.YES)


class MessageForm(forms.Form):
    """A word to the controller."""

    text = TextField(label=_("Your message"), max_length=5000, widget=forms.Textarea({"rows": 5}))


class CodeForm(forms.Form):
    """The code that opens the answer."""

    code = LineField(
        label=_("Code"),
        max_length=40,
        help_text=_(
            "Twelve letters and digits, such as 7KQ2-M9XD-04TZ. It stands on the page of your request."
        ),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class PaperForm(DocumentForm):
    """One or two files, and the page that asks for them."""

    page: str

    def names(self) -> list[str]:
        """The fields in which something was sent."""
        return [name for name in self.fields if self.cleaned_data.get(name)]

    def documents(self) -> list[Checked | Draft]:
        """What was sent, examined."""
        return [self.cleaned_data[name] for name in self.names()]


class EnclosureForm(PaperForm):
    """A document for the request."""

    page = "dsr/document.html"
    document = DocumentField(label=_("Your document"), kinds=papers.KINDS)


class ProofForm(PaperForm):
    """The two sides of a card, or the page of a passport."""

    page = "dsr/identity.html"
    front = DocumentField(
        label=_("Front of the card, or the page of the passport with your name"), kinds=SCANS
    )
    back = DocumentField(label=_("Back of the card"), kinds=SCANS, required=False)
