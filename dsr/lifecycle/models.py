"""Statistics that outlive the requests."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dsr.rules.rights import Right
from privacy.datamap.declarations import NotPersonal


class RequestCounter(models.Model):
    """How many requests for one right came in a month, or ended in it after so many days."""

    class RequestMeasure(models.TextChoices):
        """What is counted: requests that came, or how they ended (as RequestState names it)."""

        RECEIVED = "RECEIVED", pgettext_lazy("figures of requests", "received")
        ANSWERED = "ANSWERED", pgettext_lazy("figures of requests", "answered")
        REFUSED = "REFUSED", pgettext_lazy("figures of requests", "refused")
        WITHDRAWN = "WITHDRAWN", pgettext_lazy("figures of requests", "withdrawn")
        CLOSED = "CLOSED", pgettext_lazy("figures of requests", "closed without answer")

    month = models.DateField(_("month"))
    right = models.CharField(_("right"), max_length=20, choices=Right.choices)
    measure = models.CharField(_("what is counted"), max_length=10, choices=RequestMeasure.choices)
    days = models.PositiveIntegerField(_("after days"), default=0)
    number = models.PositiveIntegerField(_("number"), default=0)

    personal_data = NotPersonal(_("Numbers of requests by month, with nobody's name or address."))

    class Meta:
        verbose_name = _("figure of requests")
        verbose_name_plural = _("figures of requests")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="dsr_requestcounter_once", fields=["month", "right", "measure", "days"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.right} {self.measure} {self.days}: {self.number}"

    @classmethod
    def add(cls, month: date, right: str, measure: str, *, days: int = 0, by: int = 1) -> None:
        """Call it in the transaction that does what is counted."""
        row, _is_new = cls.objects.get_or_create(month=month, right=right, measure=measure, days=days)
        cls.objects.filter(pk=row.pk).update(number=F("number") + by)
