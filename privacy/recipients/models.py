"""Data that left the company: disclosures to authorities and others, and exports to processors."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.audit.ledger import AppendOnlyModel
from privacy.companies.models import Processor
from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel, PersonalDataQuerySet

HASHED = _("your address, as a one-way hash")
KEPT_TO_NOTIFY = _("It says whom we have to tell of an erasure, and knows you only by a one-way hash.")


class DataTransfer(AppendOnlyModel, PersonalDataModel):
    """Data about one person, identified by a pseudonym, were given to somebody."""

    about = models.CharField(_("pseudonym of the person"), max_length=64, db_index=True)
    categories = ArrayField(
        models.CharField(max_length=20, choices=Category.choices), verbose_name=_("data concerned")
    )
    at = models.DateTimeField(_("given at"), db_index=True)
    decided_by = models.CharField(_("decided by"), max_length=40)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.about[:12]}"

    def get_categories_display(self) -> str:
        return ", ".join(str(Category(category).label) for category in self.categories)


# About a client, these grounds are enough; any other needs the client's authorisation (clause 11 of the policy).
NEED_NO_AUTHORISATION = ("LAW", "CLAIM")
NEEDS_AUTHORISATION = models.Q(ground="AUTHORISED") | (
    models.Q(is_about_client__isnull=False, is_about_client=True)
    & ~models.Q(ground__in=NEED_NO_AUTHORISATION)
)
UNAUTHORISED = NEEDS_AUTHORISATION & (models.Q(authorised_on__isnull=True) | models.Q(authorisation=""))


class DisclosureQuerySet(PersonalDataQuerySet):
    def to_decide(self) -> Self:
        """Those for which nobody has said yet whether the person is told."""
        return self.filter(notice__isnull=True)


class Disclosure(DataTransfer):
    """Data given to an authority, or to defend a right, with the legal ground (clause 7 of the policy)."""

    class Ground(models.TextChoices):
        LAW = "LAW", _("a law, or an authority entitled to them, demands them")
        TERMS = "TERMS", _("to apply the terms of our contracts")
        PROTECTION = "PROTECTION", _("to protect our company")
        CLAIM = "CLAIM", _("to establish or defend a claim")
        AUTHORISED = "AUTHORISED", _("the person, or the client, has authorised it")

    recipient = models.CharField(_("given to"), max_length=200)
    ground = models.CharField(_("ground"), max_length=20, choices=Ground.choices)
    provision = models.CharField(_("legal text, order or case"), max_length=300)
    is_about_client = models.BooleanField(
        _("information about a client"), null=True
    )  # null: not asked at the time
    authorised_on = models.DateField(_("authorised on"), null=True)
    authorisation = models.TextField(_("proof of the authorisation"), blank=True, default="")

    objects: ClassVar[Any] = DisclosureQuerySet.as_manager()

    personal_data = PersonalData(
        label=_("Disclosures of your data"),
        subject={"fingerprints": "about"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(since="at", period=Period(years=5), since_label=_("the disclosure")),
        fields={
            "about": Datum(Category.REQUESTS, provided=False, shown_as=HASHED),
            "recipient": Datum(Category.REQUESTS, provided=False),
            "ground": Datum(Category.REQUESTS, provided=False),
            "provision": Datum(Category.REQUESTS, provided=False),
            "categories": Datum(Category.REQUESTS, provided=False),
            "authorised_on": Datum(Category.REQUESTS, provided=False),
            "authorisation": Datum(Category.REQUESTS, provided=False),
            "at": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "is_about_client", "decided_by"),
        erasure_exemption=KEPT_TO_NOTIFY,
    )

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        ordering = ("-at", "-id")
        permissions: ClassVar = [("look_up_person", _("Can look up all that is held about a person"))]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(categories__len__gt=0), name="privacy_disclosure_of_something"
            ),
            models.CheckConstraint(condition=~UNAUTHORISED, name="privacy_disclosure_is_authorised"),
        ]


class Transmission(DataTransfer):
    """Data sent to a processor: lets us name the recipients to a person (GDPR articles 15 and 19)."""

    processor = models.ForeignKey(Processor, verbose_name=_("processor"), on_delete=models.PROTECT)
    holding = models.CharField(_("kind of record"), max_length=100)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    personal_data = PersonalData(
        label=_("Data of yours sent to our processors"),
        subject={"fingerprints": "about"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(since="at", period=Period(years=5), since_label=_("the sending")),
        fields={
            "about": Datum(Category.REQUESTS, provided=False, shown_as=HASHED),
            "processor": Datum(Category.REQUESTS, provided=False),
            "categories": Datum(Category.REQUESTS, provided=False),
            "reason": Datum(
                Category.REQUESTS, provided=False, shown_as=_("why it was sent, as a note of ours")
            ),
            "at": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "holding", "decided_by"),
        erasure_exemption=KEPT_TO_NOTIFY,
    )

    class Meta:
        verbose_name = _("transmission")
        verbose_name_plural = _("transmissions")
        ordering = ("-at", "-id")
