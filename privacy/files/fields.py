"""Form fields for documents, and the form that keeps a good document while something else is corrected."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from privacy.files import drafts, room, storage, uploads
from privacy.files.models import Draft, StoredFile
from privacy.files.uploads import CheckedDocument
from privacy.web import sizes

log = logging.getLogger(__name__)
ACCEPTED = {kind: ",".join(known.endings) for kind, known in uploads.KINDS.items()}


def _accepted_text(kinds: Sequence[str]) -> str:
    limit = sizes.file_size(settings.UPLOAD_MAX_BYTES)
    return _("Accepted: %(kinds)s, of %(limit)s at most.") % {
        "kinds": uploads.kind_titles(kinds),
        "limit": limit,
    }


NOT_KEPT = _(
    "We could not keep this file while you correct the form, because very many files wait at this moment. Please "
    "choose it again when you send the form."
)
hint = lazy(_accepted_text, str)  # lazy: in the language of the reader


class DocumentInput(forms.FileInput):
    """A file input that also says which file is kept already."""

    template_name = "privacy/files/document_input.html"
    draft: Draft | None = None

    def get_context(self, name: str, value: object, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["draft"] = self.draft
        context["is_full"] = not room.is_left()
        context["token_name"] = token_name(name)
        context["token"] = drafts.token(self.draft) if self.draft else ""
        return context

    def use_required_attribute(self, initial: object) -> bool:
        """A kept file is enough."""
        return super().use_required_attribute(initial) and self.draft is None


class DocumentField(forms.FileField):
    """A document of one of ``kinds`` (see :data:`privacy.files.uploads.KINDS`), whose content was examined.

    Its clean value is an :class:`uploads.CheckedDocument` just sent, or a :class:`Draft` kept from before.
    """

    widget = DocumentInput
    default_error_messages = {
        "required": _("Please choose a file."),
        "invalid": _("The file did not arrive. Please choose it again."),
        "missing": _("The file did not arrive. Please choose it again."),
        "empty": uploads.MESSAGES["empty"],
    }

    def __init__(self, *, kinds: Sequence[str] = ("pdf", "docx"), **options: Any) -> None:
        self.kinds = tuple(kinds)
        options.setdefault("help_text", hint(self.kinds))
        super().__init__(**options)
        self.widget.attrs["accept"] = ",".join(ACCEPTED[kind] for kind in self.kinds)

    @property
    def draft(self) -> Draft | None:
        return self.widget.draft

    @draft.setter
    def draft(self, draft: Draft | None) -> None:
        self.widget.draft = draft

    def accepts(self, draft: Draft) -> bool:
        """Whether a kept file is of a kind that this field takes: it may have been kept by another form."""
        kept = {uploads.KINDS[uploads.KINDS[kind].kept_as or kind].media_type for kind in self.kinds}
        return draft.file.media_type in kept

    def clean(self, data: object, initial: object = None) -> CheckedDocument | Draft | None:
        if not data and self.draft:
            return self.draft
        upload = super().clean(data)
        return uploads.check(upload, kinds=self.kinds) if upload else None


class DocumentForm(forms.Form):
    """A form in which no document has to be chosen twice.

    The view calls :meth:`keep_documents` when the form has an error, before it shows the form again.
    """

    keeps_documents = True

    def __init__(self, *args: Any, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.now = now
        for name, field in self._documents():
            found = drafts.find(str(self.data.get(token_name(self.add_prefix(name)), "")), now=now)
            field.draft = found if found and field.accepts(found) else None

    def keep_documents(self, *, email: str = "") -> None:
        """Keep each document that passed its checks; it replaces one kept before."""
        for name, field in self._documents():
            document = self.cleaned_data.get(name)
            if isinstance(document, CheckedDocument):
                if field.draft:
                    drafts.discard(field.draft)
                    field.draft = None
                try:
                    field.draft = drafts.keep(document, email=email, now=self.now)
                except room.NoRoomError:
                    self.add_error(name, NOT_KEPT)
                except OSError:  # a full disk: at least what was typed is not lost
                    log.exception("a document could not be kept")
                    self.report_missing_document(name)

    def report_missing_document(self, name: str) -> None:
        self._field(name).draft = None
        self.add_error(name, ValidationError(_("We no longer have your file. Please choose it again.")))

    def _documents(self) -> Iterator[tuple[str, DocumentField]]:
        return ((name, self._field(name)) for name in self.fields if self._holds_document(name))

    def _holds_document(self, name: str) -> bool:
        return isinstance(self.fields[name], DocumentField)

    def _field(self, name: str) -> DocumentField:
        field = self.fields[name]
        assert isinstance(field, DocumentField)
        return field


def token_name(name: str) -> str:
    """The name of the hidden input beside the file input ``name``."""
    return f"{name}-kept"


def store(document: CheckedDocument | Draft, *, now: datetime) -> StoredFile:
    """The file of ``document``, now the caller's own. Raises :class:`privacy.files.drafts.DraftGoneError`."""
    with transaction.atomic():
        if isinstance(document, Draft):
            return drafts.claim(document, now=now)
        return storage.store(
            document.content, name=document.name, media_type=document.media_type, now=now, is_upload=True
        )
