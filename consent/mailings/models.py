"""E-mail campaigns, and each e-mail of one. `states` says what can become of them."""

import uuid
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consent.mailings.states import ENDED, UNFINISHED, DeliveryState, MailingState
from consent.notices.models import Topic
from privacy.companies.models import company_name, own_company
from privacy.datamap import masks
from privacy.datamap.declarations import (
    Basis,
    Category,
    Datum,
    Keep,
    NotPersonal,
    PersonalData,
    Purpose,
    Recipient,
)
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel, PersonalDataQuerySet
from privacy.web import languages


def _own_siren() -> str:
    return own_company().siren


def _all_languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


class Mailing(models.Model):
    """An e-mail campaign in two languages. Its figures are of the whole: nobody's clicks or reading are kept."""

    personal_data = NotPersonal(
        _("Texts for everybody who agreed to get them, and figures of the whole."),
        columns={
            "subject_en": "what everybody reads",
            "subject_fr": "what everybody reads",
            "body_en": "what everybody reads",
            "body_fr": "what everybody reads",
            "written_by": "who of the staff wrote it",
            "started_by": "who of the staff had it sent",
        },
    )

    entity = models.CharField(_("sent for"), max_length=11, default=_own_siren)
    subject_en = models.CharField(_("subject in English"), max_length=150)
    subject_fr = models.CharField(_("subject in French"), max_length=150)
    body_en = models.TextField(_("text in English"), max_length=20_000)
    body_fr = models.TextField(_("text in French"), max_length=20_000)
    topic = models.CharField(
        _("topic"),
        max_length=32,
        blank=True,
        choices=Topic.choices,
        help_text=_("Empty: for everybody who agreed to be written to."),
    )
    languages = ArrayField(
        models.CharField(max_length=8, choices=settings.LANGUAGES),
        verbose_name=_("languages"),
        default=_all_languages,
    )
    state = models.CharField(
        _("state"), max_length=10, choices=MailingState.choices, default=MailingState.DRAFT
    )
    written_by = models.CharField(pgettext_lazy("e-mail campaign", "written by"), max_length=40)
    written_at = models.DateTimeField(pgettext_lazy("e-mail campaign", "written at"))
    scheduled_at = models.DateTimeField(_("to be sent from"), null=True, blank=True)
    started_by = models.CharField(_("scheduled by"), max_length=40, blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    is_filled = models.BooleanField(_("the addresses are chosen"), default=False)
    recipients = models.PositiveIntegerField(_("addresses"), default=0)
    sent = models.PositiveIntegerField(pgettext_lazy("addresses of a campaign", "sent"), default=0)
    skipped = models.PositiveIntegerField(_("left out"), default=0)
    refused = models.PositiveIntegerField(pgettext_lazy("addresses of a campaign", "refused"), default=0)
    uncertain = models.PositiveIntegerField(_("uncertain"), default=0)
    bounced = models.PositiveIntegerField(_("bounced"), default=0)
    complained = models.PositiveIntegerField(_("reported as unwanted"), default=0)
    unsubscribed = models.PositiveIntegerField(_("unsubscribed"), default=0)
    clicked = models.PositiveIntegerField(_("clicks"), default=0)

    class Meta:
        verbose_name = _("e-mail campaign")
        verbose_name_plural = _("e-mail campaigns")
        ordering = ["-id"]
        permissions = [("send_mailing", _("Can send e-mail campaigns"))]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state=MailingState.DRAFT) | Q(scheduled_at__isnull=False),
                name="consent_mailing_scheduled_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(ENDED), ended_at__isnull=False)
                | ~Q(state__in=sorted(ENDED)) & Q(ended_at=None),
                name="consent_mailing_ended_has_date",
            ),
        ]

    def __str__(self) -> str:
        return self.subject(translation.get_language() or "en")

    def subject(self, language: str) -> str:
        return self.subject_fr if language == "fr" else self.subject_en

    def body(self, language: str) -> str:
        """Markdown."""
        return self.body_fr if language == "fr" else self.body_en

    def get_entity_display(self) -> str:
        return company_name(self.entity)

    @property
    def finished(self) -> int:
        """How many of the `recipients` were settled, one way or the other: for the progress bar."""
        return self.sent + self.skipped + self.refused + self.uncertain


class DeliveryQuerySet(PersonalDataQuerySet):
    def unfinished(self) -> Self:
        return self.filter(state__in=sorted(UNFINISHED))

    def sendable(self, now: datetime) -> Self:
        return self.live(now).filter(state=DeliveryState.WAITING, next_try_at__lte=now)

    def with_message_id(self, message_id: str) -> Self:
        """None where it is no identifier of ours. `message_id` with or without its angle brackets."""
        try:
            number = uuid.UUID(message_id.strip().strip("<>").partition("@")[0])
        except ValueError:
            return self.none()
        return self.filter(pk=number)


class Delivery(PersonalDataModel):
    """One e-mail of a campaign to one address: what keeps it from going out twice. Nothing is added on a click."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mailing = models.ForeignKey(
        Mailing, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("e-mail campaign")
    )
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=8)
    provider = models.CharField(_("provider"), max_length=254)
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    added_at = models.DateTimeField(_("prepared at"), db_index=True)
    next_try_at = models.DateTimeField(_("next try at"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    claimed_by = models.PositiveSmallIntegerField(_("line"), null=True, blank=True)
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("came back at"), null=True, blank=True)
    complained_at = models.DateTimeField(_("reported as unwanted at"), null=True, blank=True)
    reply = models.CharField(_("reply of the mail server"), max_length=3, blank=True)

    objects: ClassVar[Any] = DeliveryQuerySet.as_manager()

    personal_data = PersonalData(
        label=_("Commercial e-mails that we sent you, or were about to"),
        subject={"emails": "email"},
        purpose=Purpose.PROSPECTS,
        basis=Basis.CONSENT,
        keep=Keep(since="added_at", period=Period(months=3), since_label=_("their preparation")),
        recipients=(Recipient.CONTROLLER, Recipient.MARKETING, Recipient.HOST),
        fields={
            "mailing": Datum(Category.MESSAGES, provided=False),
            "email": Datum(Category.EMAIL),
            "language": Datum(Category.CHOICES, provided=False),
            "state": Datum(Category.MESSAGES, provided=False),
            "added_at": Datum(Category.MESSAGES, provided=False),
            "sent_at": Datum(Category.MESSAGES, provided=False),
            "bounced_at": Datum(Category.MESSAGES, provided=False),
            "complained_at": Datum(Category.MESSAGES, provided=False),
        },
        impersonal=("id", "provider", "next_try_at", "tries", "claimed_by", "claimed_at", "reply"),
        may_leave=None,
    )

    class Meta:
        verbose_name = _("e-mail of a campaign")
        verbose_name_plural = _("e-mails of campaigns")
        ordering = ["-added_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mailing", "email"], name="consent_delivery_one_an_address"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.SENT, sent_at__isnull=False)
                | ~Q(state=DeliveryState.SENT) & Q(sent_at=None),
                name="consent_delivery_sent_has_date",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["mailing", "next_try_at"],
                condition=Q(state=DeliveryState.WAITING),
                name="consent_delivery_waiting",
            ),
            models.Index(
                fields=["claimed_by"],
                condition=Q(state__in=[DeliveryState.CLAIMED, DeliveryState.IN_FLIGHT]),
                name="consent_delivery_claimed",
            ),
            models.Index(fields=["email"], name="consent_delivery_email"),
        ]

    def __str__(self) -> str:
        return masks.email(self.email)

    def get_language_display(self) -> str:
        return languages.name_of(self.language)

    def mark_bounced(self, *, now: datetime) -> bool:
        """The message came back. Counted once; false when it was counted before."""
        return self._mark("bounced_at", "bounced", now)

    def mark_complained(self, *, now: datetime) -> bool:
        """The person reported it as unwanted. Counted once; false when it was counted before."""
        return self._mark("complained_at", "complained", now)

    def _mark(self, field: str, figure: str, now: datetime) -> bool:
        with transaction.atomic():
            is_first: bool = Delivery.objects.filter(pk=self.pk, **{field: None}).update(**{field: now}) == 1
            if is_first:
                Mailing.objects.filter(pk=self.mailing_id).update(**{figure: F(figure) + 1})
        return is_first


class ProviderPace(models.Model):
    """How fast e-mail may leave for one provider: a token bucket, as the instant from which its next one may go."""

    personal_data = NotPersonal(
        _("When the next e-mail may leave for a provider. Deleted within the hour."),
        columns={"provider": "the domain of a provider, empty for all of them"},
    )

    provider = models.CharField(_("provider"), max_length=254, primary_key=True)
    next_at = models.DateTimeField(_("next e-mail from"))

    class Meta:
        verbose_name = _("pace of a provider")
        verbose_name_plural = _("paces of providers")

    def __str__(self) -> str:
        return self.provider
