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

    No user agent, no full referrer, no status: no question of ours needs them.
    """

    pk: Any = models.CompositePrimaryKey("at", "number")
    at = models.DateTimeField(_("seen at"))
    number = models.BigIntegerField(_("random number"))
    visitor = models.UUIDField(_("number of the browser"))
    address = models.GenericIPAddressField(_("IP address"), null=True)
    path = models.CharField(_("page"), max_length=300)
    referrer = models.CharField(_("site that led here"), max_length=253, blank=True)
    language = models.CharField(_("language"), max_length=10)

    personal_data = PersonalData(
        label=_("Pages you saw"),
        subject={"visitors": "visitor"},
        purpose=Purpose.VISITORS,
        basis=Basis.LEGITIMATE_INTEREST,
        keep=Keep(since="at", period=PERIOD, since_label=_("the visit")),
        not_objectable=_("An objection from the browser itself stops it at once."),
        recipients=(Recipient.CONTROLLER, Recipient.SECURITY, Recipient.HOST),
        fields={
            "at": Datum(Category.NAVIGATION, provided=False),
            "visitor": Datum(Category.NAVIGATION, provided=False),
            "address": Datum(
                Category.IP_ADDRESS, provided=False, recipients=(Recipient.SECURITY, Recipient.HOST)
            ),
            "path": Datum(Category.NAVIGATION, provided=False),
            "referrer": Datum(Category.NAVIGATION, provided=False),
            "language": Datum(Category.NAVIGATION, provided=False),
        },
        impersonal=("number",),
        purged_by=Partitions(),
    )

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes: ClassVar = [  # a person's visits; what an address did (security)
            models.Index(fields=["visitor", "at"], name="privacy_visit_visitor"),
            models.Index(fields=["address"], name="privacy_visit_address"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.path}"

    def get_language_display(self) -> str:
        return languages.name_of(self.language)
