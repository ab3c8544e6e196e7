"""Whose data may only be stored: all of them for now (GDPR article 18), or those of a use that was objected to (21)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Max, Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from privacy.datamap import objectable
from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose
from privacy.datamap.objectable import Use
from privacy.datamap.periods import Period
from privacy.datamap.registry import Holding, PersonalDataModel, PersonalDataQuerySet
from privacy.datamap.subjects import KEYS, Subject


def subject_of(stored: Iterable[dict[str, list[Any]]]) -> Subject:
    """Everybody whose keys are ``stored``, as one subject."""
    found: dict[str, set[Any]] = {kind: set() for kind in KEYS}
    for keys in stored:
        for kind, values in keys.items():
            found[kind].update(map(UUID, values) if kind == "receipts" else values)
    return Subject(**{kind: frozenset(values) for kind, values in found.items()})


class RestrictionQuerySet(PersonalDataQuerySet):
    def in_force(self) -> Self:
        return self.filter(lifted_at=None)

    def subject(self) -> Subject:
        """Everybody whose data are restricted, as one subject."""
        return subject_of(self.values_list("keys", flat=True))


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


class ObjectionQuerySet(PersonalDataQuerySet):
    def in_force(self) -> Self:
        return self.filter(ended_at=None)


class Objection(PersonalDataModel):
    """One kind of record about one person, to whose use they objected (GDPR article 21(1)), until they end it.

    ``holding`` is the label of the kind of record, or of its archive (:mod:`privacy.datamap.objectable`). ``keys`` are
    as in :class:`Restriction`; they are deleted as soon as nothing is left, or can come, that they would have to find.
    """

    about = models.CharField(_("pseudonym of the person"), max_length=64, db_index=True)
    holding = models.CharField(_("kind of record"), max_length=100)
    keys = models.JSONField(_("keys of the person"), default=dict, blank=True)
    reference = models.CharField(_("reference of the request"), max_length=20, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    placed_by = models.CharField(_("granted by"), max_length=40)
    objected_at = models.DateTimeField(_("granted at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects: ClassVar[Any] = ObjectionQuerySet.as_manager()

    personal_data = PersonalData(
        label=_("Uses of your data that you objected to"),
        subject={"fingerprints": "about"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(since="ended_at", period=Period(years=5), since_label=_("the end of the objection")),
        fields={
            "about": Datum(Category.REQUESTS, provided=False, shown_as=_("your address, as a one-way hash")),
            "holding": Datum(Category.REQUESTS, provided=False),
            "keys": Datum(
                Category.EMAIL, provided=False, shown_as=_("the address by which your data are found")
            ),
            "reference": Datum(Category.REQUESTS, provided=False),
            "reason": Datum(Category.REQUESTS, provided=False),
            "objected_at": Datum(Category.REQUESTS, provided=False),
            "ended_at": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "placed_by"),
        erasure_exemption=_(
            "It keeps the use stopped that you objected to. It holds the reason as it was written down, and otherwise a"
            " one-way hash of your address."
        ),
    )

    class Meta:
        verbose_name = _("objection to a use")
        verbose_name_plural = _("objections to a use")
        ordering = ("-objected_at", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(keys={}), name="privacy_objection_ended_has_no_keys"
            ),
        ]

    def __str__(self) -> str:
        return self.about[:12]

    def get_holding_display(self) -> str:
        return self.use.title if self.use else self.holding

    @property
    def use(self) -> Use | None:
        return objectable.called(self.holding)

    def is_objected(self, known: Holding) -> Q:
        """The condition for rows of ``known``, the kind that it names; empty when no key of the person is stored."""
        found = known.is_about(subject_of([self.keys]))
        if found and known.data.given_at:
            found &= Q(**{f"{known.data.given_at}__lte": self.objected_at})
        return found

    def rows(self) -> "QuerySet[Model]":
        """What it names and is still stored."""
        use = self.use
        condition = self.is_objected(use.known) if use else Q()
        return use.known.rows().filter(condition) if use and condition else type(self)._base_manager.none()

    def archive_ends_at(self) -> datetime | None:
        """When the last of what was in use when its archive was objected to ends with its active phase."""
        if self.use is None or not self.use.is_archive:
            return None
        until = self.use.known.data.keep.until
        ends: datetime | None = self.rows().aggregate(last=Max(until))["last"]
        return ends if ends and ends > self.objected_at else None
