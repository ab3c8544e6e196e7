"""Who agreed to receive commercial mail, and who must never receive it again (CPCE article L.34-5)."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.lookups import In
from django.utils.translation import gettext_lazy as _

from consent.ledger import topics
from consent.ledger.models import ConsentEvent
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


class ProspectQuerySet(PersonalDataQuerySet):
    def writable(self, *, entity: str, now: datetime) -> Self:
        """Those to whom a commercial message of this company (a SIREN) may go now."""
        return usable(self.filter(agreed_to_text_in_force(), entity=entity), now)


class Prospect(CollectedModel, PersonalDataModel):
    """An address whose owner ticked the box. Kept three years from their last contact (CNIL's standard period).

    Only the company that the last sentence named may write to it: another box, for another company, replaces it.
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
            "last_contact_at": Datum(Category.CHOICES, provided=False),
            "language": Datum(Category.CHOICES),
            "entity": Datum(Category.CHOICES, provided=False),
        },
        impersonal=("id", "policy_version"),
        may_leave=agreed_to_text_in_force,
    )

    email = models.EmailField(_("e-mail"), unique=True)
    language = models.CharField(_("language"), max_length=8)
    agreed_at = models.DateTimeField(_("agreed at"))
    last_contact_at = models.DateTimeField(_("last contact from the person"), db_index=True)

    objects: ClassVar[Any] = ProspectQuerySet.as_manager()

    class Meta:
        verbose_name = _("prospect")
        verbose_name_plural = _("prospects")
        ordering = ["-last_contact_at"]

    def __str__(self) -> str:
        return masks.email(self.email)

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
