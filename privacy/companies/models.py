"""Registers that the controller keeps: companies, processors, hosting places."""

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.admin import display
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from privacy import plugins
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
    street = models.CharField(_("number and street"), max_length=150, blank=True, default="")
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
            "street": "where a company is",
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
        return f"{self.name} (SIREN {self.siren})"

    def is_in_force(self, day: date) -> bool:
        return self.since <= day and (self.until is None or self.until >= day)

    @property
    def address(self) -> str:
        """In one line, as far as it is known."""
        return ", ".join(filter(None, (self.street, self.town)))

    def line(self) -> list["Entity"]:
        """This company, that which controls it, and so on up; a circle in the register is passed once."""
        found = [self]
        while (parent := found[-1].parent) is not None and parent not in found:
            found.append(parent)
        return found


class FormAssignment(models.Model):
    """For which company a form collects: by form, by host name, or by both. An empty one stands for all of them."""

    form = models.CharField(_("form"), max_length=60, blank=True)
    host = models.CharField(_("host name"), max_length=253, blank=True)
    entity = models.ForeignKey(
        Entity, verbose_name=_("collects for"), on_delete=models.PROTECT, related_name="form_assignments"
    )

    personal_data = NotPersonal(
        _("Which form collects for which company."),
        columns={"host": "a host name of this site"},
    )

    class Meta:
        verbose_name = _("company of a form")
        verbose_name_plural = _("companies of forms")
        ordering = ("host", "form")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["form", "host"], name="privacy_formassignment_one_company"),
            models.CheckConstraint(
                condition=~Q(form="", host=""), name="privacy_formassignment_names_form_or_host"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_form_display()}, {self.get_host_display()}"

    def get_form_display(self) -> str:
        """The key itself where no app declares the form any more."""
        form = plugins.forms().get(self.form)
        return str(form.label) if form else self.form or gettext("every form")

    def get_host_display(self) -> str:
        return self.host or gettext("every address")


class CollectedModel(models.Model):
    """What a form collects: for which company, and under which version of the policy.

    Both are those that the person was shown; see :mod:`privacy.companies.collecting`. ``by_no_form`` finds the rows
    that no form collected, where a model has such rows: they bear no version.
    """

    by_no_form: ClassVar[Q] = Q(pk__in=())

    entity = models.CharField(_("collected for"), max_length=11)
    policy_version = models.PositiveIntegerField(_("policy version in force"), null=True)

    class Meta:
        abstract = True

    @display(description=_("collected for"), ordering="entity")
    def get_entity_display(self) -> str:
        return company_name(self.entity)


def company_name(number: str) -> str:
    """`SoftNLabs (SIREN 818 145 302)`. A query for a subsidiary only; a number that nobody knows stays a number."""
    own = own_company()
    found = own if number == own.siren else Entity.objects.filter(siren=number).first()
    return str(found or number)


def own_company() -> Entity:
    """The company of the settings, for which everything is collected unless a form says otherwise. No query."""
    facts = settings.ENTITY
    return Entity(
        name=str(facts["name"]),
        siren=siren.normalise(str(facts["siren"])),
        street=str(facts["street"]),
        town=f"{facts['postcode']} {facts['town']}",
        since=date.fromisoformat(str(facts["since"])),
    )


class Processor(models.Model):
    """A company that processes data for us: its task, and all that it may ever receive (GDPR article 28)."""

    STARTS_FIELD = "contract_on"

    class Clause(models.TextChoices):
        """What the contract has to say: GDPR article 28(3), letter by letter."""

        A = "A", _("(a) data are processed on our written instructions only")
        B = "B", _("(b) whoever handles them is bound to confidentiality")
        C = "C", _("(c) security measures are taken (article 32)")
        D = "D", _("(d) no other processor without our authorisation, and under the same duties")
        E = "E", _("(e) help with the requests of the persons")
        F = "F", _("(f) help with security, breaches and impact assessments (articles 32 to 36)")
        G = "G", _("(g) data are deleted or given back at the end")
        H = "H", _("(h) information for us, and audits by us")

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
    clauses = ArrayField(
        models.CharField(max_length=1, choices=Clause.choices),
        verbose_name=_("clauses of the contract"), default=list, blank=True,
    )  # fmt: skip
    audited_on = models.DateField(_("last audit"), null=True, blank=True)
    audit_result = models.CharField(_("result of the audit"), max_length=300, blank=True, default="")

    objects: ClassVar[Any] = InForceQuerySet.as_manager()
    personal_data = NotPersonal(
        _("Companies, and what our contracts with them say."),
        columns={
            "audit_result": "how a company keeps its contract",
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

    def missing_clauses(self) -> list[str]:
        return [str(clause.label) for clause in self.Clause if clause not in self.clauses]

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
