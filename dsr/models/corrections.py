"""Corrections: today's value of one field of one record beside the wished one, accepted or refused, each with why."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dsr import titles
from dsr.models.items import RequestItem
from dsr.models.requests import CLOSED_KEEP
from privacy.datamap import Basis, Category, Datum, Keep, PersonalData, PersonalDataModel, Purpose


class Obstacle(models.TextChoices):
    """Why an accepted correction could not be written any more."""

    GONE = "GONE", _("the record is gone")
    CHANGED = "CHANGED", _("another value stands there now")
    UNFIT = "UNFIT", _("the value does not fit, or is taken")


class Correction(PersonalDataModel):
    """One field of one record. It is written with the answer, if it is accepted."""

    item = models.ForeignKey(RequestItem, on_delete=models.CASCADE, related_name="corrections")
    holding = models.CharField(_("kind of record"), max_length=100)
    key = models.CharField(_("record"), max_length=64)
    field = models.CharField(_("field"), max_length=100)
    was = models.TextField(_("value today"), blank=True)
    wished = models.TextField(_("value wished"), blank=True)
    is_accepted = models.BooleanField(_("accepted"))
    reason = models.TextField(_("reasons"), blank=True)
    obstacle = models.CharField(_("obstacle"), max_length=10, choices=Obstacle.choices, blank=True)
    made_at = models.DateTimeField(_("decided at"))
    made_by = models.CharField(_("decided by"), max_length=40)

    personal_data = PersonalData(
        label=_("Corrections that you asked for"),
        subject={"emails": "item__request__email"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(
            since="item__request__closed_at", period=CLOSED_KEEP, starts=_("the closing of your request")
        ),
        fields={
            **{
                name: Datum(Category.REQUESTS, provided=False)
                for name in ("holding", "field", "was", "is_accepted", "reason", "obstacle", "made_at")
            },
            "wished": Datum(Category.REQUESTS),
        },
        impersonal=("id", "item", "key", "made_by"),
        stays=_("The file of a request proves how it was answered, and stays for its own period."),
    )

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(name="dsr_correction_once", fields=["item", "holding", "key", "field"]),
            models.CheckConstraint(
                name="dsr_correction_refused_has_reason", condition=Q(is_accepted=True) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holding} {self.field}"

    def title(self) -> str:
        """The kind of record and the field, as people are told them."""
        return titles.of_both(self.holding, self.field)

    def get_holding_display(self) -> str:
        """The kind of record in words."""
        return titles.of_holding(self.holding)

    def get_field_display(self) -> str:
        """The field in words."""
        return titles.of_field(self.holding, self.field)
