"""Who agreed to receive commercial mail, and who must never receive it again (CPCE article L.34-5)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

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
from privacy.datamap.registry import PersonalDataModel
from privacy.web import languages


class Prospect(PersonalDataModel):
    """An address whose owner ticked the box. Kept three years from their last contact (CNIL's standard period)."""

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
        },
        impersonal=("id",),
    )

    email = models.EmailField(_("e-mail"), unique=True)
    language = models.CharField(_("language"), max_length=8)
    agreed_at = models.DateTimeField(_("agreed at"))
    last_contact_at = models.DateTimeField(_("last contact from the person"), db_index=True)

    class Meta:
        verbose_name = _("prospect")
        verbose_name_plural = _("prospects")
        ordering = ["-last_contact_at"]

    def __str__(self) -> str:
        return self.email

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
