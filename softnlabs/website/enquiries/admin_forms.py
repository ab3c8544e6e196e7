"""The forms of the desk about enquiries."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from privacy.files import drafts
from privacy.files.fields import DocumentField, DocumentForm
from privacy.files.models import Draft
from privacy.files.uploads import CheckedDocument
from privacy.web import sizes
from privacy.web.fields import SINGLE_NAME, EmailField, LineField, TextField
from softnlabs.website.enquiries import inbound
from softnlabs.website.enquiries.models import EnquiryMessage

MOST_BYTES = 15_000_000  # of all files of one reply: larger e-mails are refused by many mailboxes
FILES = ("file_1", "file_2", "file_3")
NO_CHOICE = [("", "---------")]


def validate_no_blanks_left(text: str) -> None:
    """Validator: refuses a text in which a blank of a template was not filled in."""
    if "{" in text and "}" in text.partition("{")[2]:
        raise ValidationError(_("A blank in braces was not filled in."))


class ReplyForm(DocumentForm):
    subject = LineField(label=_("Subject"), max_length=150, validators=[validate_no_blanks_left])
    text = TextField(
        label=_("Text"),
        max_length=10_000,
        widget=forms.Textarea({"rows": 14}),
        validators=[validate_no_blanks_left],
    )
    file_1 = DocumentField(label=_("First file"), kinds=inbound.KINDS, required=False)
    file_2 = DocumentField(label=_("Second file"), kinds=inbound.KINDS, required=False)
    file_3 = DocumentField(label=_("Third file"), kinds=inbound.KINDS, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if sum(_size(document) for document in self.documents()) > MOST_BYTES:
            limit = sizes.file_size(MOST_BYTES)
            raise ValidationError(
                _("Together these files are too big: at most %(limit)s."), params={"limit": limit}
            )
        return cleaned

    def documents(self) -> list[CheckedDocument | Draft]:
        found = (self.cleaned_data.get(name) for name in FILES)
        return [document for document in found if document]

    def names(self) -> list[str]:
        """Of the files, once those just sent are kept."""
        found = (self._field(name).draft for name in FILES)
        return [draft.file.name for draft in found if draft]


class DatedForm(forms.Form):
    """A message of a day that is not before the enquiry came, nor still to come."""

    on = forms.DateField(
        label=_("Day of the contact"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "The day on which a message went to the person or came from them: the period counts from it."
        ),
    )

    def __init__(self, *args: Any, received_on: date | None, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.received_on, self.today = received_on, today

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > self.today:
            raise ValidationError(_("This day is still to come."))
        if self.received_on and day < self.received_on:
            raise ValidationError(_("The enquiry came after this day."))
        return day


class MessageForm(DatedForm):
    """A message or a talk that did not go through the desk."""

    field_order = ("direction", "kind", "on", "subject", "text")

    direction = forms.ChoiceField(
        label=_("From whom"), choices=[*NO_CHOICE, *EnquiryMessage.Direction.choices]
    )
    kind = forms.ChoiceField(label=_("How"), choices=[*NO_CHOICE, *EnquiryMessage.Channel.choices])
    subject = LineField(label=_("Subject"), required=False, max_length=200)
    text = TextField(
        label=_("What was written or said"),
        max_length=inbound.MOST_TEXT,
        widget=forms.Textarea({"rows": 12}),
    )


class NewEnquiryForm(DatedForm):
    """An e-mail that belongs to no enquiry."""

    field_order = ("first_name", "surname", "email", "language", "on", "subject", "text")

    first_name = LineField(label=_("First name"), required=False, max_length=100, help_text=SINGLE_NAME)
    surname = LineField(label=_("Surname"), max_length=100)
    email = EmailField(label=_("E-mail address"))
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[*NO_CHOICE, *settings.LANGUAGES],
        help_text=_("The language that the person wrote in: replies are written in it."),
    )
    subject = LineField(label=_("Subject"), required=False, max_length=200)
    text = TextField(
        label=_("What the person wrote"), max_length=inbound.MOST_TEXT, widget=forms.Textarea({"rows": 12})
    )


class MailFileForm(forms.Form):
    """An e-mail as a file, as mail programs save it."""

    file = forms.FileField(
        label=_("E-mail (.eml)"),
        help_text=_(
            "Save the e-mail from your mail program, or drag it onto the desktop, then choose the file."
        ),
        widget=forms.FileInput({"accept": ".eml,message/rfc822"}),
    )

    def clean_file(self) -> inbound.IncomingMail:
        upload = self.cleaned_data["file"]
        if upload.size > settings.UPLOAD_MAX_BYTES:
            limit = sizes.file_size(settings.UPLOAD_MAX_BYTES)
            raise ValidationError(_("This e-mail is too big: at most %(limit)s."), params={"limit": limit})
        try:
            return inbound.read(upload.read())
        except inbound.NotAMailError as error:
            raise ValidationError(
                _("This file cannot be read as an e-mail. Paste its text instead: “Note a message”.")
            ) from error


class AssigneeForm(forms.Form):
    assignee = forms.ChoiceField(label=_("Assigned to"), required=False)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = self.fields["assignee"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [("", _("nobody")), *people]


def kept(tokens: Sequence[str], *, now: datetime) -> list[Draft]:
    """The files of an e-mail that were kept while its text was looked at."""
    found = (drafts.find(token, now=now) for token in tokens[: inbound.MOST_ATTACHMENTS])
    return [draft for draft in found if draft]


def _size(document: CheckedDocument | Draft) -> int:
    return document.file.size if isinstance(document, Draft) else len(document.content)
