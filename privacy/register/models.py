"""Facts of the article 30 register that cannot be derived: one sheet for each purpose, kept in the admin."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.companies.models import InForceQuerySet
from privacy.datamap.declarations import NotPersonal, Purpose, Recipient


class Activity(models.Model):
    """A processing activity: a purpose, with what the data map cannot know about it."""

    class Persons(models.TextChoices):
        VISITORS = "VISITORS", _("visitors of the Website")
        CLIENTS = "CLIENTS", _("clients and their staff")
        ENQUIRERS = "ENQUIRERS", _("people who write to us")
        PROSPECTS = "PROSPECTS", _("prospects")
        APPLICANTS = "APPLICANTS", _("applicants for a job or an internship")
        STAFF = "STAFF", _("our staff")
        SUBJECTS = "SUBJECTS", _("people who exercise their rights")

    class Measure(models.TextChoices):
        """Security measures, of this software and of the company (GDPR article 32)."""

        CONNECTIONS = "CONNECTIONS", _("encrypted connections")
        FILES = "FILES", _("files encrypted one by one, each with its own key")
        NEED = "NEED", _("access on a need-to-know basis")
        JOURNAL = (
            "JOURNAL",
            _("a journal of each look at a person's record, which cannot be altered unnoticed"),
        )
        PSEUDONYMS = "PSEUDONYMS", _("pseudonyms in all that outlives an erasure")
        PURGE = "PURGE", _("automatic deletion at the end of each period")
        TRAINING = "TRAINING", _("staff trained in confidentiality")
        COPIES = "COPIES", _("backup copies, and a test of restoring them")
        PREMISES = "PREMISES", _("locked premises")

    class Impact(models.TextChoices):
        """Data protection impact assessment (GDPR article 35)."""

        UNDECIDED = "UNDECIDED", _("not examined yet")
        NOT_NEEDED = "NOT_NEEDED", _("not needed")
        PLANNED = "PLANNED", _("needed, and planned")
        DONE = "DONE", _("done")

    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices, unique=True)
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    created_on = models.DateField(_("created on"))
    updated_on = models.DateField(_("updated on"))
    joint_controller = models.CharField(_("joint controller"), max_length=200, blank=True)
    department = models.CharField(_("department"), max_length=20, choices=Recipient.choices)
    persons = ArrayField(
        models.CharField(max_length=20, choices=Persons.choices), verbose_name=_("categories of persons")
    )
    sensitive = models.CharField(
        _("sensitive data"), max_length=300, blank=True, help_text=_("Leave empty when there are none.")
    )
    measures = ArrayField(
        models.CharField(max_length=20, choices=Measure.choices), verbose_name=_("security measures")
    )
    more_measures = models.TextField(_("further measures"), max_length=2000, blank=True)
    automated = models.CharField(
        _("automated decisions"), max_length=300, blank=True, help_text=_("Leave empty when there are none.")
    )
    impact = models.CharField(_("impact assessment"), max_length=20, choices=Impact.choices)
    impact_note = models.CharField(_("why, or where to find it"), max_length=300, blank=True)
    impact_on = models.DateField(_("decided or done on"), null=True, blank=True)
    reviewed_on = models.DateField(_("last review"), null=True, blank=True)
    next_review_on = models.DateField(_("next review"))

    personal_data = NotPersonal(
        _("Descriptions of what is done, about nobody in particular."),
        columns={
            "joint_controller": "the name of a company",
            "sensitive": "what is done with data, about nobody in particular",
            "more_measures": "what is done with data, about nobody in particular",
            "automated": "what is done with data, about nobody in particular",
            "impact_note": "what is done with data, about nobody in particular",
        },
    )

    class Meta:
        verbose_name = _("processing activity")
        verbose_name_plural = _("register of processing activities")
        ordering = ("reference",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(reviewed_on=None) | models.Q(next_review_on__gt=models.F("reviewed_on")),
                name="privacy_activity_next_review_after_the_last",
            ),
            models.CheckConstraint(
                condition=models.Q(persons__len__gt=0), name="privacy_activity_concerns_somebody"
            ),
            models.CheckConstraint(
                condition=models.Q(impact="UNDECIDED")
                | (~models.Q(impact_note="") & models.Q(impact_on__isnull=False)),
                name="privacy_activity_impact_has_reason_and_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.get_purpose_display()}"


class ClientWork(models.Model):
    """Work on data for a client, who is their controller: a line of a processor's register (GDPR article 30(2))."""

    STARTS_FIELD = "since"

    client = models.CharField(_("client"), max_length=200)
    contact = models.TextField(_("address and contact of the client"), max_length=500)
    officer = models.CharField(_("contact of their data protection officer"), max_length=200, blank=True)
    kinds = models.TextField(_("kinds of processing"), max_length=2000)
    others = models.TextField(_("other processors that we engage for it"), max_length=1000, blank=True)
    transfers = models.TextField(
        _("transfers outside the European Union, with their safeguards"), max_length=1000, blank=True
    )
    measures = ArrayField(
        models.CharField(max_length=20, choices=Activity.Measure.choices), verbose_name=_("security measures")
    )
    more_measures = models.TextField(_("further measures"), max_length=2000, blank=True)
    since = models.DateField(_("contract since"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects: ClassVar[Any] = InForceQuerySet.as_manager()
    personal_data = NotPersonal(
        _("Clients, and what we do for them with data of which they are the controllers."),
        columns={
            "client": "the name of a company",
            "contact": "the address of a company, and a mailbox or telephone of its own",
            "officer": "the mailbox of a function",
            "kinds": "what is done with data, about nobody in particular",
            "others": "names of companies",
            "transfers": "countries and contracts",
            "more_measures": "what is done with data, about nobody in particular",
        },
    )

    class Meta:
        verbose_name = _("work for a client")
        verbose_name_plural = _("register of work for clients")
        ordering = ("client", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="privacy_clientwork_begins_before_it_ends",
            ),
            models.CheckConstraint(
                condition=models.Q(measures__len__gt=0), name="privacy_clientwork_is_secured"
            ),
        ]

    def __str__(self) -> str:
        return self.client
