from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import case_file_data
from dsr.requests.item_models import RequestItem
from dsr.requests.record_fields import RecordFieldModel
from dsr.rules.choices import GrowingChoices
from privacy.datamap.declarations import Category, Datum


class CorrectionSetback(GrowingChoices):
    """Why an accepted correction could not be written any more."""

    GONE = "GONE", _("the record is gone")
    CHANGED = "CHANGED", _("another value stands there now")
    UNFIT = "UNFIT", _("the value does not fit, or is taken")


class RequestedCorrection(RecordFieldModel):
    """One field of one record: today's value and the requested one. If accepted, it is written with the answer."""

    item = models.ForeignKey(RequestItem, on_delete=models.CASCADE, related_name="corrections")
    was = models.TextField(_("value today"), blank=True)
    wished = models.TextField(_("requested value"), blank=True)
    is_accepted = models.BooleanField(_("accepted"))
    reason = models.TextField(_("reasons"), blank=True)
    setback = models.CharField(_("obstacle"), max_length=10, choices=CorrectionSetback.as_choices, blank=True)
    made_at = models.DateTimeField(_("decided at"))
    made_by = models.CharField(_("decided by"), max_length=40)

    personal_data = case_file_data(
        "item__request",
        label=_("Corrections that you asked for"),
        fields={
            **{
                name: Datum(Category.REQUESTS, provided=False)
                for name in ("holding", "field", "was", "is_accepted", "reason", "setback", "made_at")
            },
            "wished": Datum(Category.REQUESTS),
        },
        impersonal=("id", "item", "key", "made_by"),
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
