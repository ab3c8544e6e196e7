from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose, Recipient
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel


class SignIn(PersonalDataModel):
    """A successful or failed sign-in. What was typed is not stored, except as a pseudonym of the address."""

    at = models.DateTimeField(_("tried at"), db_index=True)
    account = models.BigIntegerField(_("number of the account"), null=True, blank=True, db_index=True)
    about = models.CharField(_("pseudonym of the person"), max_length=64, blank=True, db_index=True)
    address = models.GenericIPAddressField(_("IP address"), null=True, db_index=True)
    is_accepted = models.BooleanField(_("let in"))

    personal_data = PersonalData(
        label=_("When you signed in, or tried to"),
        subject={"accounts": "account", "fingerprints": "about"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGITIMATE_INTEREST,
        keep=Keep(since="at", period=Period(months=6), since_label=_("the sign-in")),
        not_objectable=_("It protects accounts against strangers."),
        recipients=(Recipient.SECURITY, Recipient.HOST),
        fields={
            "at": Datum(Category.LOGIN, provided=False),
            "account": Datum(Category.LOGIN, provided=False),
            "about": Datum(Category.LOGIN, provided=False, shown_as=_("your address, as a one-way hash")),
            "address": Datum(Category.IP_ADDRESS, provided=False),
            "is_accepted": Datum(Category.LOGIN, provided=False),
        },
        impersonal=("id",),
    )

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ("-at", "-id")
        permissions: ClassVar = [("see_address", _("Can see IP addresses, for security"))]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
