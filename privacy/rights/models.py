from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel, PersonalDataQuerySet


class HoldQuerySet(PersonalDataQuerySet):
    def in_force(self) -> Self:
        return self.filter(lifted_at=None)


class Hold(PersonalDataModel):
    """A legal reason to keep one person's data past its period. The person is known by pseudonym alone."""

    about = models.CharField(_("pseudonym of the person"), max_length=64, db_index=True)
    reason = models.TextField(_("legal reason"))
    placed_by = models.CharField(_("placed by"), max_length=40)
    placed_at = models.DateTimeField(_("placed at"))
    review_on = models.DateField(_("to be reviewed on"))
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)

    objects: ClassVar[Any] = HoldQuerySet.as_manager()

    personal_data = PersonalData(
        label=_("Legal reasons to keep your data"),
        subject={"fingerprints": "about"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(since="lifted_at", period=Period(years=5), since_label=_("the end of that reason")),
        fields={
            "about": Datum(Category.REQUESTS, provided=False, shown_as=_("your address, as a one-way hash")),
            "reason": Datum(Category.REQUESTS, provided=False),
            "placed_at": Datum(Category.REQUESTS, provided=False),
            "review_on": Datum(Category.REQUESTS, provided=False),
            "lifted_at": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "placed_by"),
        erasure_exemption=_(
            "It proves why your data were kept. It holds that reason as it was written down, and otherwise a one-way"
            " hash of your address."
        ),
    )

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ("review_on", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["about"], condition=models.Q(lifted_at=None), name="privacy_hold_one_in_force"
            )
        ]

    def __str__(self) -> str:
        return self.about[:12]
