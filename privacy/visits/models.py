from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import (
    Basis,
    Category,
    Datum,
    Keep,
    PersonalData,
    Purpose,
    Recipient,
)
from privacy.datamap.registry import PersonalDataModel
from privacy.visits.counting_models import PERIOD
from privacy.visits.purging import Partitions
from privacy.web import languages


class Visit(PersonalDataModel):
    """One page seen. The table is partitioned by whole days (UTC) on ``at``: see :mod:`privacy.visits.partitions`.

    No IP address, and nothing else that a record of another kind holds: visits serve anonymous statistics alone, which
    is why the law asks for no consent. No user agent, no full referrer, no status: no question of ours needs them.
    """

    pk: Any = models.CompositePrimaryKey("at", "number")
    at = models.DateTimeField(_("seen at"))
    number = models.BigIntegerField(_("random number"))
    visitor = models.UUIDField(_("number of the browser"))
    # False where this very answer gave the number: robots, monitors and browsers without cookies never send it back.
    has_cookie = models.BooleanField(_("number sent by the browser"))
    path = models.CharField(_("page"), max_length=300)
    referrer = models.CharField(_("site that led here"), max_length=253, blank=True)
    language = models.CharField(_("language"), max_length=10)

    personal_data = PersonalData(
        label=_("Pages you saw"),
        subject={},
        found_on="visits",
        purpose=Purpose.VISITORS,
        basis=Basis.LEGITIMATE_INTEREST,
        keep=Keep(since="at", period=PERIOD, since_label=_("the visit")),
        not_objectable=_("An objection from the browser itself stops it at once."),
        recipients=(Recipient.CONTROLLER, Recipient.HOST),
        fields={
            "at": Datum(Category.NAVIGATION, provided=False),
            "visitor": Datum(Category.NAVIGATION, provided=False),
            "has_cookie": Datum(Category.NAVIGATION, provided=False),
            "path": Datum(Category.NAVIGATION, provided=False),
            "referrer": Datum(Category.NAVIGATION, provided=False),
            "language": Datum(Category.NAVIGATION, provided=False),
        },
        impersonal=("number",),
        may_leave=None,
        purged_by=Partitions(),
    )

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes: ClassVar = [models.Index(fields=["visitor", "at"], name="privacy_visit_visitor")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.path}"

    def get_language_display(self) -> str:
        return languages.name_of(self.language)
