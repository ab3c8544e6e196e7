import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.companies.models import CollectedModel
from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel

UNCONFIRMED_KEEP = Period(days=7)
SUBSCRIPTION_KEEP = Period(years=3)


class SubscriptionRequest(CollectedModel, PersonalDataModel):
    """An address typed on the policy page, not yet confirmed from its mailbox (double opt-in)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    requested_at = models.DateTimeField(_("asked at"), db_index=True)
    link_sent_at = models.DateTimeField(_("link mailed at"), null=True)

    personal_data = PersonalData(
        label=_("Addresses that asked for news of this policy, not confirmed yet"),
        subject={"emails": "email"},
        purpose=Purpose.VISITORS,
        basis=Basis.CONSENT,
        keep=Keep(since="requested_at", period=UNCONFIRMED_KEEP, since_label=_("the day you asked")),
        fields={
            "email": Datum(Category.EMAIL),
            "requested_at": Datum(Category.CHOICES, provided=False),
            "link_sent_at": Datum(Category.CHOICES, provided=False),
            "entity": Datum(Category.CHOICES, provided=False),
        },
        impersonal=("id", "language", "policy_version"),
    )

    class Meta:
        verbose_name = _("unconfirmed subscription")
        verbose_name_plural = _("unconfirmed subscriptions")

    def __str__(self) -> str:
        return str(self.pk)


class Subscription(CollectedModel, PersonalDataModel):
    """An address to notify of each new version. `notified_version` is the number of the last one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    confirmed_at = models.DateTimeField(_("confirmed at"), db_index=True)
    notified_version = models.PositiveIntegerField(_("last version notified"), db_index=True)

    personal_data = PersonalData(
        label=_("Subscriptions to news of this policy"),
        subject={"emails": "email"},
        purpose=Purpose.VISITORS,
        basis=Basis.CONSENT,
        keep=Keep(
            since="confirmed_at",
            period=SUBSCRIPTION_KEEP,
            since_label=_("the day you confirmed your subscription"),
        ),
        fields={
            "email": Datum(Category.EMAIL, rectifiable=True),
            "language": Datum(Category.CHOICES),
            "confirmed_at": Datum(Category.CHOICES),
            "notified_version": Datum(Category.CHOICES, provided=False),
            "entity": Datum(Category.CHOICES, provided=False),
        },
        impersonal=("id", "policy_version"),
    )

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ("confirmed_at", "id")

    def __str__(self) -> str:
        return str(self.pk)
