"""Recipients who must be notified of a correction, erasure or restriction (GDPR article 19), and how that went."""

from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import case_file_data
from dsr.requests.models import SubjectRequest
from dsr.rules.rights import IN_LAW, Right
from privacy.audit import labels
from privacy.datamap.declarations import Category, Datum
from privacy.datamap.registry import PersonalDataModel, PersonalDataQuerySet
from privacy.files.models import StoredFile


class NotificationOutcome(models.TextChoices):
    """In words that the person reads."""

    NOTIFIED = "NOTIFIED", _("told")
    IMPOSSIBLE = "IMPOSSIBLE", _("informing them proved impossible")
    DISPROPORTIONATE = "DISPROPORTIONATE", _("informing them would take a disproportionate effort")


class RecipientNotificationQuerySet(PersonalDataQuerySet):
    def open(self) -> Self:
        return self.filter(outcome="")

    def due_before(self, day: date) -> Self:
        """Open ones whose last day lies before ``day``."""
        return self.open().filter(due_on__lt=day)


class RecipientNotification(PersonalDataModel):
    """One task: notify one recipient of one change. Closed with a proof, or with the reason why not."""

    request = models.ForeignKey(
        SubjectRequest, on_delete=models.CASCADE, related_name="recipient_notifications"
    )
    right = models.CharField(_("right carried out"), max_length=20, choices=Right.choices)
    recipient = models.CharField(_("recipient"), max_length=200)
    is_processor = models.BooleanField(_("works for us"))
    categories = ArrayField(
        models.CharField(max_length=20, choices=Category.choices), verbose_name=_("data concerned")
    )
    opened_at = models.DateTimeField(_("opened at"))
    due_on = models.DateField(_("to be told by"), db_index=True)
    outcome = models.CharField(
        _("how it ended"), max_length=20, choices=NotificationOutcome.choices, blank=True
    )
    notified_on = models.DateField(_("told on"), null=True, blank=True)
    means = models.CharField(_("by what means"), max_length=200, blank=True)
    proof = models.TextField(_("proof"), blank=True)
    file = models.OneToOneField(
        StoredFile,
        verbose_name=_("proof as a file"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    reason = models.TextField(_("reasons"), blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.CharField(_("closed by"), max_length=40, blank=True)

    objects: ClassVar = RecipientNotificationQuerySet.as_manager()
    personal_data = case_file_data(
        "request",
        label=_("Who was told that your data were corrected, erased or restricted"),
        fields={
            name: Datum(Category.REQUESTS, provided=False, is_file=name == "file")
            for name in (
                "right", "recipient", "categories", "opened_at",
                "outcome", "notified_on", "means", "proof", "file", "reason",
            )
        },
        impersonal=("id", "request", "is_processor", "due_on", "closed_at", "closed_by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("recipient to notify")
        verbose_name_plural = _("recipients to notify")
        ordering = ("due_on", "recipient", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="dsr_recipientnotification_once",
                fields=["request", "right", "recipient", "is_processor"],
            ),
            models.CheckConstraint(
                name="dsr_recipientnotification_closed_has_date",
                condition=Q(outcome="", closed_at=None) | ~Q(outcome="") & Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="dsr_recipientnotification_notified_has_proof",
                condition=~Q(outcome=NotificationOutcome.NOTIFIED)
                | Q(notified_on__isnull=False) & ~Q(means="") & (~Q(proof="") | Q(file__isnull=False)),
            ),
            models.CheckConstraint(
                name="dsr_recipientnotification_not_notified_has_reason",
                condition=~Q(
                    outcome__in=[NotificationOutcome.IMPOSSIBLE, NotificationOutcome.DISPROPORTIONATE]
                )
                | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.recipient

    def get_categories_display(self) -> str:
        return ", ".join(str(Category(category).label) for category in self.categories)

    def in_law(self) -> str:
        """The right whose exercise they are notified of, with its article."""
        return str(IN_LAW[Right(self.right)])

    def get_closed_by_display(self) -> str:
        return labels.actor_label(self.closed_by)
