"""Words about other people, redacted in the copy that a person gets (GDPR article 15(4)); the original stays."""

from collections.abc import Iterable
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import case_file_data
from dsr.requests.item_models import RequestItem
from dsr.requests.record_fields import RecordFieldModel
from privacy.datamap.declarations import Category, Datum
from privacy.datamap.subjects import fingerprint


class TextChangedError(ValueError):
    """The text has changed since words were marked in it: nobody knows where they stand now."""


class Redaction(RecordFieldModel):
    """The places of redacted words in one text of one record, never the words.

    ``spans`` are first and last characters, one after the other; ``text_hash`` is a keyed hash of the text.
    """

    item = models.ForeignKey(RequestItem, on_delete=models.CASCADE, related_name="redactions")
    spans = ArrayField(models.PositiveIntegerField(), verbose_name=_("places"))
    text_hash = models.CharField(_("hash of the text"), max_length=64)
    made_at = models.DateTimeField(_("decided at"))
    made_by = models.CharField(_("decided by"), max_length=40)

    personal_data = case_file_data(
        "item__request",
        label=_("Texts in which words about other people were redacted"),
        fields={name: Datum(Category.REQUESTS, provided=False) for name in ("holding", "field", "made_at")},
        impersonal=("id", "item", "key", "spans", "text_hash", "made_by"),
    )

    class Meta:
        verbose_name = _("redacted text")
        verbose_name_plural = _("redacted texts")
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(name="dsr_redaction_once", fields=["item", "holding", "key", "field"]),
            models.CheckConstraint(name="dsr_redaction_has_spans", condition=~models.Q(spans=[])),
        ]

    def pairs(self) -> Iterable[tuple[int, int]]:
        """Of each span the first character, and the first one after it."""
        return zip(self.spans[::2], self.spans[1::2], strict=True)

    def apply(self, text: str, mark: str) -> str:
        """The text with ``mark`` in place of the words. Raises :class:`TextChangedError`."""
        if fingerprint(text) != self.text_hash:
            raise TextChangedError(str(self))
        kept, after = [], 0
        for first, end in self.pairs():
            kept += [text[after:first], mark]
            after = end
        return "".join([*kept, text[after:]])
