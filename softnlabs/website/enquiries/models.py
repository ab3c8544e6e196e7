from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from privacy.companies.models import CollectedModel
from privacy.datamap import masks
from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose, Recipient
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel


class Enquiry(CollectedModel, PersonalDataModel):
    """A message left on the contact form.

    The visitor number of the browser is not stored: on a shared computer it would link one person to another's message.
    """

    surname = models.CharField(_("surname"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254, db_index=True)
    telephone = models.CharField(_("telephone"), max_length=30, blank=True)
    postcode = models.CharField(_("postcode"), max_length=12, blank=True)
    message = models.TextField(_("message"), max_length=5000)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    received_at = models.DateTimeField(_("received at"))
    last_contact_at = models.DateTimeField(_("last contact"), db_index=True)

    personal_data = PersonalData(
        label=_("Messages left on the contact form"),
        subject={"emails": "email"},
        purpose=Purpose.VISITORS,
        basis=Basis.LEGITIMATE_INTEREST,
        keep=Keep(
            since="last_contact_at", period=Period(years=3), since_label=_("our last contact with you")
        ),
        recipients=(Recipient.CONTROLLER, Recipient.CUSTOMER_SERVICE, Recipient.HOST),
        given_at="received_at",
        fields={
            "surname": Datum(Category.SURNAME, rectifiable=True),
            "first_name": Datum(Category.FIRST_NAME, rectifiable=True),
            "email": Datum(Category.EMAIL, rectifiable=True),
            "telephone": Datum(Category.TELEPHONE, rectifiable=True),
            "postcode": Datum(Category.POSTCODE, rectifiable=True),
            "message": Datum(Category.MESSAGES),
            "language": Datum(Category.MESSAGES, provided=False),
            "received_at": Datum(Category.MESSAGES, provided=False),
            "last_contact_at": Datum(Category.MESSAGES, provided=False),
            "entity": Datum(Category.MESSAGES, provided=False),
        },
        impersonal=("id", "policy_version"),
    )

    class Meta:
        verbose_name = _("enquiry")
        verbose_name_plural = _("enquiries")
        ordering = ("-received_at", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(last_contact_at__gte=models.F("received_at")),
                name="website_enquiry_contact_not_before_receipt",
            )
        ]

    def __str__(self) -> str:
        return f"{masks.initials(self.first_name, self.surname)} {self.received_at:%Y-%m-%d}".strip()

    def note_contact(self, *, now: datetime) -> None:
        """The retention period starts again at `now`, but never moves backwards."""
        self.last_contact_at = Greatest(models.F("last_contact_at"), models.Value(now))
        self.save(update_fields=["last_contact_at"])
        self.refresh_from_db(fields=["last_contact_at"])
