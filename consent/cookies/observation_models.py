"""Cookies that were observed, by name, to be compared with those that are declared."""

from datetime import datetime

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import NotPersonal


class CookieObservationManager(models.Manager["CookieObservation"]):
    def add(self, name: str, kind: str, times: int, *, now: datetime) -> None:
        first = {"first_at": now, "last_at": now, "times": times}
        row, is_new = self.get_or_create(name=name, kind=kind, defaults=first)
        if not is_new:
            self.filter(pk=row.pk).update(last_at=now, times=F("times") + times)


class CookieObservation(models.Model):
    """How often a cookie was set, stripped or received, over all visitors together: no personal data."""

    class ObservationKind(models.TextChoices):
        SET = "SET", _("set, as declared")
        NOT_ACCEPTED = "NOT_ACCEPTED", _("stripped: the visitor had not accepted it")
        UNDECLARED = "UNDECLARED", _("stripped: nobody declared it")
        TOO_LONG = "TOO_LONG", _("shortened: it would have lived longer than declared")
        RECEIVED = "RECEIVED", _("sent by a browser, though nobody declared it")

    FAULTS = (ObservationKind.NOT_ACCEPTED, ObservationKind.UNDECLARED, ObservationKind.TOO_LONG)

    personal_data = NotPersonal(
        _("Names of cookies, and how often they were seen in all."),
        columns={
            "name": "the name of a cookie",
        },
    )

    name = models.CharField(_("name"), max_length=64)
    kind = models.CharField(_("what was seen"), max_length=12, choices=ObservationKind.choices)
    first_at = models.DateTimeField(_("first seen at"))
    last_at = models.DateTimeField(_("last seen at"))
    times = models.PositiveBigIntegerField(_("times"))

    objects = CookieObservationManager()

    class Meta:
        verbose_name = _("cookie seen")
        verbose_name_plural = _("cookies seen")
        ordering = ["name", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["name", "kind"], name="consent_cookieobservation_one_per_kind")
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_kind_display()}"
