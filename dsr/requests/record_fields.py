from django.db import models
from django.utils.translation import gettext_lazy as _

from dsr.rules import record_labels
from privacy.datamap.registry import PersonalDataModel


class RecordFieldModel(PersonalDataModel):
    """What concerns one field of one record, by their names in code."""

    holding = models.CharField(_("kind of record"), max_length=100)
    key = models.CharField(_("record"), max_length=64)
    field = models.CharField(_("field"), max_length=100)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.holding} {self.field}"

    @property
    def place(self) -> tuple[str, str, str]:
        return self.holding, self.key, self.field

    def title(self) -> str:
        """The kind of record and the field, as people are told them."""
        return record_labels.of_both(self.holding, self.field)

    def get_holding_display(self) -> str:
        return record_labels.of_holding(self.holding)

    def get_field_display(self) -> str:
        return record_labels.of_field(self.holding, self.field)
