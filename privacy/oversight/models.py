"""The monthly report of looks at people's data: a row for each month, and one for each account in it."""

from typing import ClassVar

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from privacy.audit import looks
from privacy.datamap.declarations import (
    Basis,
    Category,
    Datum,
    Keep,
    NotPersonal,
    PersonalData,
    Purpose,
    Recipient,
)
from privacy.datamap.registry import PersonalDataModel

PERIOD = looks.KEEP  # as long as the looks that are counted
FIGURES = (
    "looks", "people", "searches", "exports", "reasons", "refused", "outside_hours", "without_case", "own_trainings",
)  # fmt: skip


class LookReport(models.Model):
    """One month; ``month`` is its first day."""

    month = models.DateField(_("month"), unique=True)
    written_at = models.DateTimeField(_("written at"))

    personal_data = NotPersonal(_("Which months were reported on."))

    class Meta:
        verbose_name = _("report of looks at data")
        verbose_name_plural = _("reports of looks at data")
        ordering = ("-month",)

    def __str__(self) -> str:
        return date_format(self.month, "YEAR_MONTH_FORMAT")


class LookCount(PersonalDataModel):
    """What one account did in one month. Whose data it was is read from the audit trail, and stored nowhere else."""

    report = models.ForeignKey(
        LookReport, verbose_name=_("report"), on_delete=models.CASCADE, related_name="counts"
    )
    account = models.BigIntegerField(_("number of the account"), db_index=True)
    looks = models.PositiveIntegerField(_("looks"))
    people = models.PositiveIntegerField(_("people"))
    searches = models.PositiveIntegerField(_("searches"))
    exports = models.PositiveIntegerField(_("files taken"))
    reasons = models.PositiveIntegerField(_("reasons given"))
    refused = models.PositiveIntegerField(_("looks refused"))
    outside_hours = models.PositiveIntegerField(_("at night or on a weekend"))
    without_case = models.PositiveIntegerField(_("without an open case"))
    own_trainings = models.PositiveIntegerField(_("own trainings entered"))
    is_unusual = models.BooleanField(_("unusually many looks"))

    personal_data = PersonalData(
        label=_("Monthly figures of what an account looked at"),
        subject={"accounts": "account"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGITIMATE_INTEREST,
        keep=Keep(since="report__written_at", period=PERIOD, since_label=_("the report")),
        not_objectable=_("Who looked at people’s data has to be known, to protect these people."),
        recipients=(Recipient.CONTROLLER, Recipient.HOST),
        fields={
            "account": Datum(Category.LOGIN, provided=False),
            **{name: Datum(Category.LOGIN, provided=False) for name in (*FIGURES, "is_unusual")},
        },
        impersonal=("id", "report"),
    )

    class Meta:
        verbose_name = _("monthly figures of an account")
        verbose_name_plural = _("monthly figures of accounts")
        ordering = ("account",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "account"], name="privacy_lookcount_once_a_month")
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.account}"
