"""Who agreed to receive commercial mail, and who must never receive it again (CPCE article L.34-5)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.lookups import In
from django.utils.translation import gettext_lazy as _

from consent.ledger import topics
from consent.ledger.models import ConsentEvent
from consent.prospecting import spellings
from consent.undeliverable import undeliverable
from privacy.companies.models import CollectedModel
from privacy.datamap import masks
from privacy.datamap.declarations import (
    Basis,
    Category,
    Datum,
    Keep,
    PersonalData,
    Purpose,
    Recipient,
)
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel, PersonalDataQuerySet
from privacy.datamap.usable import usable
from privacy.policy import purpose_texts
from privacy.web import languages


def agreed_to_text_in_force() -> Q:
    """Prospects whose last yes was given to the text about this purpose that is in force.

    A form may ask the others again; a message may not, and no processor gets their addresses.
    """
    given = ConsentEvent.objects.filter(
        topic=topics.PROSPECTING, kind=ConsentEvent.ConsentKind.GRANT, email=OuterRef("email")
    )
    stamp = Subquery(given.order_by("-id").values("policy_version")[:1])
    return Q(In(stamp, purpose_texts.stamps_with_same_text(Purpose.PROSPECTS)))


def suppressed() -> Q:
    """Prospects whose mailbox must never be written to, in whichever spelling it was stopped."""
    by_mailbox = Suppression.objects.filter(fingerprint=OuterRef("mailbox"))
    by_address = Suppression.objects.filter(fingerprint=OuterRef("fingerprint"))
    return Q(Exists(by_mailbox)) | Q(Exists(by_address))


def allowed() -> Q:
    """Prospects whose yes was confirmed, was given to the text in force, and was not taken back.

    Nor one whose mailbox takes no mail.
    """
    answered = Q(confirmed_at__isnull=False) & agreed_to_text_in_force()
    return answered & ~suppressed() & ~undeliverable.stopped()


class ProspectQuerySet(PersonalDataQuerySet):
    def writable(self, *, entity: str, now: datetime) -> Self:
        """Those to whom a commercial message of this company (a SIREN) may go now: ask right before each is sent.

        Neither restricted people nor those who objected, and nobody past their period.
        """
        return usable(self.filter(allowed(), entity=entity), now)

    def bulk_create(self, objs: Iterable["Prospect"], *args: Any, **options: Any) -> list[Any]:
        rows = list(objs)
        for prospect in rows:
            prospect.take_fingerprints()
        return super().bulk_create(rows, *args, **options)


class Prospect(CollectedModel, PersonalDataModel):
    """An address whose owner confirmed from its mailbox. Kept three years from their last contact (CNIL's standard
    period).

    Only the company that the last sentence named may write to it: another box, for another company, replaces it.
    Without ``confirmed_at`` it was listed before confirmations were asked for, and nobody may write to it.
    """

    personal_data = PersonalData(
        label=_("Prospects"),
        subject={"emails": "email"},
        purpose=Purpose.PROSPECTS,
        basis=Basis.CONSENT,
        keep=Keep(
            since="last_contact_at", period=Period(years=3), since_label=_("your last contact with us")
        ),
        recipients=(Recipient.CONTROLLER, Recipient.MARKETING, Recipient.HOST),
        fields={
            "email": Datum(Category.EMAIL, rectifiable=True),
            "agreed_at": Datum(Category.CHOICES),
            "confirmed_at": Datum(Category.CHOICES),
            "last_contact_at": Datum(Category.CHOICES, provided=False),
            "language": Datum(Category.CHOICES),
            "entity": Datum(Category.CHOICES, provided=False),
            "declined_topics": Datum(Category.CHOICES),
            "fingerprint": Datum(Category.EMAIL, provided=False, shown_as=_("your address, as a keyed hash")),
            "mailbox": Datum(Category.EMAIL, provided=False, shown_as=_("your address, as a keyed hash")),
        },
        impersonal=("id", "policy_version"),
        may_leave=allowed,
    )

    email = models.EmailField(_("e-mail"), unique=True)
    language = models.CharField(_("language"), max_length=8)
    agreed_at = models.DateTimeField(_("agreed at"))
    confirmed_at = models.DateTimeField(_("agreement confirmed at"), null=True, blank=True)
    last_contact_at = models.DateTimeField(_("last contact from the person"), db_index=True)
    declined_topics = ArrayField(
        models.CharField(max_length=32), default=list, blank=True, verbose_name=_("topics not wanted")
    )
    fingerprint = models.CharField(
        _("fingerprint of the address"), max_length=64, db_index=True, editable=False
    )
    mailbox = models.CharField(_("fingerprint of the mailbox"), max_length=64, db_index=True, editable=False)
    """The list of suppressions holds no address: rows are compared with it by these, written with the address."""

    objects: ClassVar[Any] = ProspectQuerySet.as_manager()

    class Meta:
        verbose_name = _("prospect")
        verbose_name_plural = _("prospects")
        ordering = ["-last_contact_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(fingerprint="") & ~Q(mailbox=""), name="consent_prospect_has_fingerprints"
            ),
        ]

    @classmethod
    def reached(cls, email: str, now: datetime) -> None:
        """The person clicked or wrote: their period begins anew. Neither a mail of ours nor its opening does that."""
        cls.objects.filter(email=email, last_contact_at__lt=now).update(last_contact_at=now)

    def __str__(self) -> str:
        return masks.email(self.email)

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """A corrected address has other fingerprints."""
        self.take_fingerprints()
        if update_fields is not None and "email" in update_fields:
            update_fields = {*update_fields, "fingerprint", "mailbox"}
        super().save(*args, update_fields=update_fields, **options)

    def take_fingerprints(self) -> None:
        self.fingerprint = spellings.fingerprint(self.email)
        self.mailbox = spellings.mailbox_fingerprint(self.email)

    def get_language_display(self) -> str:
        return languages.name_of(self.language)


class Suppression(PersonalDataModel):
    """A keyed hash of an address that must not be written to: it survives erasure and stops a re-import.

    Kept three years from the last objection, the least that the CNIL asks.
    """

    personal_data = PersonalData(
        label=_("Addresses that we must never send commercial messages to"),
        subject={"fingerprints": "fingerprint"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(since="added_at", period=Period(years=3), since_label=_("your last objection")),
        fields={
            "fingerprint": Datum(Category.EMAIL, provided=False, shown_as=_("your address, as a keyed hash")),
            "added_at": Datum(Category.CHOICES, provided=False),
        },
        impersonal=("id",),
        erasure_exemption=_(
            "Without it your address could be added again, and we could write to you. It is kept as a keyed hash alone."
        ),
    )

    fingerprint = models.CharField(_("fingerprint of the address"), max_length=64, unique=True)
    added_at = models.DateTimeField(_("date of your objection"), db_index=True)

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        ordering = ["-added_at"]

    def __str__(self) -> str:
        return self.fingerprint[:12]
