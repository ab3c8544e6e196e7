"""The register of trainings: who was trained in confidentiality, when, how, until when, and by what it is proved."""

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from privacy.access import expiry
from privacy.audit import looks
from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose
from privacy.datamap.registry import PersonalDataModel, PersonalDataQuerySet
from privacy.files.models import StoredFile


class TrainingKind(models.TextChoices):
    READING = "READING", _("page of confidentiality, read and confirmed at the desk")
    COURSE = "COURSE", _("training elsewhere, with a proof")


class TrainingQuerySet(PersonalDataQuerySet):
    def counting(self, now: datetime) -> Self:
        """Those that count at this instant."""
        return self.filter(held_on__lte=expiry.day_of(now), expires_at__gt=now)

    def of(self, account: int) -> Self:
        return self.filter(account=account)

    def entered_by_themselves(self) -> Self:
        return self.filter(entered_by=Concat(Value("user:"), Cast("account", CharField())))


class Training(PersonalDataModel):
    """One training of one account. It outlives the account: as long as the looks at data that it explains."""

    account = models.BigIntegerField(_("number of the account"), db_index=True)
    kind = models.CharField(_("kind"), max_length=20, choices=TrainingKind.choices)
    held_on = models.DateField(_("held on"))
    expires_at = models.DateTimeField(_("valid until"), db_index=True)
    reading = models.CharField(_("version that was read"), max_length=20, blank=True)
    reference = models.CharField(_("reference of the proof"), max_length=200, blank=True)
    proof = models.OneToOneField(
        StoredFile, verbose_name=_("proof"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    entered_at = models.DateTimeField(_("entered at"))
    entered_by = models.CharField(_("entered by"), max_length=40)
    reminded = models.PositiveSmallIntegerField(_("days before the end, last reminder"), null=True)

    objects: ClassVar[Any] = TrainingQuerySet.as_manager()

    personal_data = PersonalData(
        label=_("Your trainings in confidentiality"),
        subject={"accounts": "account"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(since="expires_at", period=looks.KEEP, since_label=_("the end of the training")),
        fields={
            "account": Datum(Category.LOGIN, provided=False),
            "kind": Datum(Category.QUALIFICATIONS, provided=False),
            "held_on": Datum(Category.QUALIFICATIONS, provided=False),
            "expires_at": Datum(Category.QUALIFICATIONS, provided=False),
            "reading": Datum(Category.QUALIFICATIONS, provided=False),
            "reference": Datum(Category.QUALIFICATIONS, provided=False),
            "proof": Datum(Category.QUALIFICATIONS, provided=False, is_file=True),
        },
        impersonal=("id", "entered_at", "entered_by", "reminded"),
        erasure_exemption=_(
            "We have to be able to show that whoever opened personal data was trained (articles 5(2) and 32(4))."
        ),
    )

    class Meta:
        verbose_name = _("training in confidentiality")
        verbose_name_plural = _("trainings in confidentiality")
        ordering = ("-expires_at", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(kind=TrainingKind.READING) & ~Q(reading=""))
                | (Q(kind=TrainingKind.COURSE) & (~Q(reference="") | Q(proof__isnull=False))),
                name="privacy_training_is_proved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on:%Y-%m-%d}"

    @property
    def last_day(self) -> date:
        return expiry.last_day(self.expires_at)

    @property
    def is_own(self) -> bool:
        """Whether the person entered it themselves."""
        return self.entered_by == f"user:{self.account}"
