"""Whose data may only be stored, for now (GDPR article 18)."""

from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel, PersonalDataQuerySet
from privacy.datamap.subjects import Subject


class RestrictionQuerySet(PersonalDataQuerySet):
    def in_force(self) -> Self:
        return self.filter(lifted_at=None)

    def subject(self) -> Subject:
        """Everybody whose data are restricted, as one subject."""
        found: dict[str, set[Any]] = {
            "emails": set(),
            "receipts": set(),
            "accounts": set(),
            "sessions": set(),
        }
        for keys in self.values_list("keys", flat=True):
            for kind, values in keys.items():
                found[kind].update(map(UUID, values) if kind == "receipts" else values)
        return Subject(**{kind: frozenset(values) for kind, values in found.items()})


class Restriction(PersonalDataModel):
    """One person's data, which are stored and not used until this is lifted.

    ``keys`` (by attribute of :class:`~privacy.datamap.subjects.Subject`) are in clear, because the database has to
    leave the person's rows out; they are deleted when the restriction is lifted.
    """

    about = models.CharField(_("pseudonym of the person"), max_length=64, db_index=True)
    keys = models.JSONField(_("keys of the person"), default=dict, blank=True)
    reason = models.TextField(_("reason"))
    placed_by = models.CharField(_("placed by"), max_length=40)
    placed_at = models.DateTimeField(_("placed at"))
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)

    objects: ClassVar[Any] = RestrictionQuerySet.as_manager()

    personal_data = PersonalData(
        label=_("Restrictions on the use of your data"),
        subject={"fingerprints": "about"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(since="lifted_at", period=Period(years=5), since_label=_("the end of the restriction")),
        fields={
            "about": Datum(Category.REQUESTS, provided=False, shown_as=_("your address, as a one-way hash")),
            "keys": Datum(
                Category.EMAIL, provided=False, shown_as=_("the address by which your data are found")
            ),
            "reason": Datum(Category.REQUESTS, provided=False),
            "placed_at": Datum(Category.REQUESTS, provided=False),
            "lifted_at": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "placed_by"),
        erasure_exemption=_(
            "It proves that the restriction was respected. It holds the reason as it was written down, and otherwise a"
            " one-way hash of your address."
        ),
    )

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        ordering = ("-placed_at", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(lifted_at=None) | models.Q(keys={}),
                name="privacy_restriction_lifted_has_no_keys",
            )
        ]

    def __str__(self) -> str:
        return self.about[:12]
