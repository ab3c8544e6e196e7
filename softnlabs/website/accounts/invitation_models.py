from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.datamap import masks
from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose, Recipient
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel


class Invitation(PersonalDataModel):
    """Somebody who was invited to the desk and has no account yet. Deleted when they join: the link works once."""

    PERIOD = Period(days=7)

    email = models.EmailField(_("e-mail address"), unique=True, max_length=254)
    groups: Any = ArrayField(models.CharField(max_length=150), verbose_name=_("groups"), default=list)
    language = models.CharField(_("language"), max_length=5)
    invited_by = models.CharField(_("invited by"), max_length=100)
    invited_at = models.DateTimeField(_("invited at"))

    personal_data = PersonalData(
        label=_("Invitations to our staff"),
        subject={"emails": "email"},
        purpose=Purpose.BUSINESS,
        basis=Basis.CONTRACT,
        keep=Keep(since="invited_at", period=PERIOD, since_label=_("the invitation")),
        recipients=(Recipient.CONTROLLER, Recipient.SECURITY, Recipient.HOST),
        fields={
            "email": Datum(Category.EMAIL, provided=False),
            "groups": Datum(Category.LOGIN, provided=False),
            "language": Datum(Category.LOGIN, provided=False),
            "invited_at": Datum(Category.LOGIN, provided=False),
        },
        impersonal=("id", "invited_by"),
    )

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-invited_at", "-id")

    def __str__(self) -> str:
        return masks.email(self.email)
