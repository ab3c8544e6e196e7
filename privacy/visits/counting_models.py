"""The tables beside the visits: daily totals, counted days, objections, and the spool files that were ingested.

They stand apart from :class:`~privacy.visits.models.Visit`, which is purged by modules that are built on them.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import Basis, Category, Datum, Keep, NotPersonal, PersonalData, Purpose
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel

PERIOD = Period(months=6)  # of visits, and of what is kept to look at them
# A line waits in a spool while PostgreSQL or the worker is away, or where it cannot be read.
WAITING = Period(days=7)
# How long an objection is needed: what waits on any machine is from before it, and waits for seven days, taken as whole
# days, and for another hour until the sweep. Two days more are room enough for that and for clocks that differ.
REMEMBERED = Period(days=9)


class DailyTotal(models.Model):
    """How often a page was seen on a day that is over.

    What was seen without the cookie is one number for each day: no crowd can be told from one robot there.
    """

    day = models.DateField(_("day"))
    path = models.CharField(_("page"), max_length=300)
    referrer = models.CharField(_("site that led here"), max_length=253, blank=True)
    has_cookie = models.BooleanField(_("by browsers that keep the cookie"), default=True)
    visits = models.PositiveBigIntegerField(_("visits"))

    personal_data = NotPersonal(
        _("Numbers by day and page, which name nobody."),
        columns={
            "path": "a page, without the parts of its address that give access",
            "referrer": "the name of a site",
        },
    )

    class Meta:
        verbose_name = _("total of a day")
        verbose_name_plural = _("totals of days")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "path", "referrer", "has_cookie"], name="privacy_dailytotal_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.path}: {self.visits}"


class CountedDay(models.Model):
    """A day whose totals are right: no visit that counts was added or removed since."""

    day = models.DateField(_("day"), primary_key=True)
    visits = models.PositiveBigIntegerField(_("visits"))
    oldest = models.DateTimeField(_("oldest visit"), null=True)
    newest = models.DateTimeField(_("newest visit"), null=True)
    is_gone = models.BooleanField(_("its visits are gone"), default=False)

    personal_data = NotPersonal(
        _("One number by day, and while its visits are there the time of the first and last.")
    )

    class Meta:
        verbose_name = _("counted day")
        verbose_name_plural = _("counted days")

    def __str__(self) -> str:
        return f"{self.day}: {self.visits}"


class RecordingObjection(PersonalDataModel):
    """A browser whose visits are not ingested where they still wait in some spool.

    The objection itself is in the cookie of choices. Its visits are deleted with it, and so is its number: no row
    holds it any more once nothing waits.
    """

    visitor = models.UUIDField(_("number of the browser"), primary_key=True)
    at = models.DateTimeField(_("objected at"))

    personal_data = PersonalData(
        label=_("Browsers that objected to being counted"),
        subject={},
        found_on="visits",
        purpose=Purpose.VISITORS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(since="at", period=REMEMBERED, since_label=_("your objection")),
        fields={
            "visitor": Datum(Category.CHOICES, provided=False),
            "at": Datum(Category.CHOICES, provided=False),
        },
        may_leave=None,
        erasure_exemption=_("Without it, visits of yours that still wait would be recorded."),
    )

    class Meta:
        verbose_name = _("objection to being counted")
        verbose_name_plural = _("objections to being counted")

    def __str__(self) -> str:
        return str(self.visitor)


class DrainedSegment(models.Model):
    """A spool file whose visits are in the table, while the file may still be on the disk."""

    name = models.CharField(_("name of the file"), max_length=100, primary_key=True)

    personal_data = NotPersonal(
        _("Names of files that are about to be deleted."),
        columns={
            "name": "the name of a file, made of random numbers",
        },
    )

    class Meta:
        verbose_name = _("ingested spool file")
        verbose_name_plural = _("ingested spool files")

    def __str__(self) -> str:
        return self.name
