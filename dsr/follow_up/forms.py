from django import forms
from django.utils.translation import gettext_lazy as _

from dsr.identity import documents
from dsr.requests.mandate_models import DOCUMENTS, Capacity
from privacy.files.fields import DocumentField, DocumentForm
from privacy.files.models import Draft
from privacy.files.uploads import SCANS, CheckedDocument
from privacy.web.fields import LineField, TextField


class PersonMessageForm(forms.Form):
    text = TextField(label=_("Your message"), max_length=5000, widget=forms.Textarea({"rows": 5}))


class CodeForm(forms.Form):
    """The code that opens the package."""

    code = LineField(
        label=_("Code"),
        max_length=40,
        help_text=_(
            "Twelve letters and digits, such as 7KQ2-M9XD-04TZ. It stands on the page of your request."
        ),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class DocumentUploadForm(DocumentForm):
    """One or two files, and the template that asks for them; ``known`` are fields filled in from the request."""

    page: str
    known: tuple[str, ...] = ()

    def names(self) -> list[str]:
        """The fields in which a file was sent."""
        files = [name for name, field in self.fields.items() if isinstance(field, DocumentField)]
        return [name for name in files if self.cleaned_data.get(name)]

    def documents(self) -> list[CheckedDocument | Draft]:
        return [self.cleaned_data[name] for name in self.names()]


class EnclosureForm(DocumentUploadForm):
    page = "dsr/follow_up/document.html"
    document = DocumentField(label=_("Your document"), kinds=documents.KINDS)


class MandateForm(DocumentUploadForm):
    page = "dsr/follow_up/mandate.html"
    capacity = Capacity.MANDATE
    mandate = DocumentField(label=_("The mandate"), kinds=SCANS)


class HeirsProofForm(MandateForm):
    """After a death, both documents again."""

    capacity = Capacity.HEIR
    mandate = DocumentField(label=DOCUMENTS[Capacity.HEIR], kinds=SCANS)
    death_certificate = DocumentField(label=_("Death certificate"), kinds=SCANS)


class ParentsProofForm(MandateForm):
    capacity = Capacity.PARENT
    mandate = DocumentField(label=DOCUMENTS[Capacity.PARENT], kinds=SCANS)


MANDATE_FORMS: dict[str, type[MandateForm]] = {
    Capacity.MANDATE: MandateForm,
    Capacity.HEIR: HeirsProofForm,
    Capacity.PARENT: ParentsProofForm,
}


class IdentityProofForm(DocumentUploadForm):
    """Any proof that settles the doubt: in words, or the copy of a document."""

    page = "dsr/follow_up/identity.html"
    known = ("postal_address",)
    words = TextField(
        label=_("Details that prove who you are"),
        required=False,
        max_length=2000,
        # {information: says what to write here}
        help_text=_(
            "What nobody else can know, or how to reach you at an address or a number that we know. Leave it empty if "
            "you send a copy."
        ),
        widget=forms.Textarea({"rows": 4}),
    )
    postal_address = TextField(
        label=_("Postal address"),
        required=False,
        max_length=500,
        help_text=_(
            "Of the person whose data it is. Together with the name it tells apart people who are called the same."
        ),
        widget=forms.Textarea({"rows": 3, "autocomplete": "street-address"}),
    )
    front = DocumentField(
        label=_("Copy of an identity document: its front, or the page with your name"),
        kinds=SCANS,
        required=False,
    )
    back = DocumentField(label=_("Back of the document"), kinds=SCANS, required=False)

    def clean(self) -> dict[str, object] | None:
        cleaned = super().clean()
        if not self.errors and not (self.cleaned_data.get("words") or self.names()):
            self.add_error("words", _("Write such details, or choose a copy below."))
        return cleaned
