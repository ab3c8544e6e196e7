"""Registers that the controller keeps: companies, processors, hosting places."""

from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from privacy.companies import european_union, siren
from privacy.datamap.declarations import Category, NotPersonal, Purpose


def _begins_before_it_ends(name: str, since: str = "since") -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F(since)), name=name)


class InForceQuerySet(models.QuerySet[Any]):
    """Entries that are valid from one day to another, or until further notice."""

    def in_force(self, day: date) -> Self:
        return self.filter(Q(until=None) | Q(until__gte=day), **{f"{self.model.STARTS_FIELD}__lte": day})


class Entity(models.Model):
    """SoftNLabs, or a company that it controls. Collected data refer to it by its SIREN."""

    STARTS_FIELD = "since"

    name = models.CharField(_("name"), max_length=100)
    siren = models.CharField(_("SIREN"), max_length=11, unique=True, validators=[siren.validate_siren])
    town = models.CharField(_("postcode and town"), max_length=100, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("subsidiary of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="subsidiaries",
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects: ClassVar[Any] = InForceQuerySet.as_manager()
    personal_data = NotPersonal(
        _("Companies, as the public register knows them."),
        columns={
            "name": "the name of a company",
            "town": "where a company is",
        },
    )

    class Meta:
        verbose_name = _("entity")
        verbose_name_plural = _("entities")
        ordering = ("since", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(siren__regex=r"^\d{3} \d{3} \d{3}$"), name="privacy_entity_siren_is_nine_digits"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="privacy_entity_is_not_its_own_parent"),
            _begins_before_it_ends("privacy_entity_begins_before_it_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.siren})"


class Processor(models.Model):
    """A company that processes data for us: its task, and all that it may ever receive (GDPR article 28)."""

    STARTS_FIELD = "contract_on"

    name = models.CharField(_("name"), max_length=100)
    task = models.CharField(_("task"), max_length=200)
    country = models.CharField(_("country"), max_length=2, validators=[european_union.validate_member_state])
    purposes = ArrayField(
        models.CharField(max_length=20, choices=Purpose.choices), verbose_name=_("purposes that it serves")
    )
    categories = ArrayField(
        models.CharField(max_length=20, choices=Category.choices), verbose_name=_("data that it may receive")
    )
    contract_on = models.DateField(_("contract signed on"))
    until = models.DateField(_("until"), null=True, blank=True)
    safeguards = models.TextField(_("safeguards"), max_length=2000)

    objects: ClassVar[Any] = InForceQuerySet.as_manager()
    personal_data = NotPersonal(
        _("Companies, and what our contracts with them say."),
        columns={
            "name": "the name of a company",
            "task": "what a company does for us",
            "safeguards": "what the contract with a company says",
        },
    )

    class Meta:
        verbose_name = _("processor")
        verbose_name_plural = _("processors")
        ordering = ("name", "id")
        permissions: ClassVar = [("export_processor", _("Can export data for a processor"))]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(country__in=european_union.MEMBERS), name="privacy_processor_in_the_union"
            ),
            models.CheckConstraint(
                condition=Q(categories__len__gt=0, purposes__len__gt=0), name="privacy_processor_has_a_scope"
            ),
            _begins_before_it_ends("privacy_processor_begins_before_it_ends", "contract_on"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_in_force(self, day: date) -> bool:
        return self.contract_on <= day and (self.until is None or self.until >= day)


class HostingPlace(models.Model):
    """A place where data are stored, backups included: inside the European Union only."""

    STARTS_FIELD = "since"

    class Content(models.TextChoices):
        DATABASE = "DATABASE", _("the database")
        FILES = "FILES", _("encrypted files")
        COPIES = "COPIES", _("backup copies")
        MAIL = "MAIL", _("outgoing mail")

    name = models.CharField(_("place"), max_length=100)
    country = models.CharField(_("country"), max_length=2, validators=[european_union.validate_member_state])
    contents = ArrayField(
        models.CharField(max_length=20, choices=Content.choices), verbose_name=_("what is stored there")
    )
    processor = models.ForeignKey(
        Processor, verbose_name=_("processor"), on_delete=models.PROTECT, null=True, blank=True
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects: ClassVar[Any] = InForceQuerySet.as_manager()
    personal_data = NotPersonal(
        _("Addresses of data centres."),
        columns={
            "name": "the town of a data centre",
        },
    )

    class Meta:
        verbose_name = _("hosting place")
        verbose_name_plural = _("hosting places")
        ordering = ("since", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(country__in=european_union.MEMBERS), name="privacy_hostingplace_in_the_union"
            ),
            _begins_before_it_ends("privacy_hostingplace_begins_before_it_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {european_union.country_name(self.country)}"
