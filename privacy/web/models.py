from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose, Recipient
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel


class Bucket(PersonalDataModel):
    """One bucket of :mod:`privacy.web.rate_limits`; without a row it is full.

    ``about`` is the fingerprint of what is counted. Where that is an address, its owner is found by it; a network, or a
    mailbox as one network tries it, is no key of a person.
    """

    limit = models.CharField(_("what is counted"), max_length=60)
    about = models.CharField(_("keyed hash"), max_length=64)
    full_at = models.DateTimeField(_("full again at"), db_index=True)

    personal_data = PersonalData(
        label=_("Counts that limit how often forms, links and passwords can be tried"),
        subject={"fingerprints": "about"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGITIMATE_INTEREST,
        keep=Keep(
            since="full_at", period=Period(days=1), since_label=_("the hour in which the attempt counts")
        ),
        recipients=(Recipient.SECURITY, Recipient.HOST),
        not_objectable=_("It protects accounts and forms against being tried without end."),
        fields={
            "limit": Datum(
                Category.LOGIN, provided=False, shown_as=_("that something was tried with your address")
            ),
            "about": Datum(
                Category.IP_ADDRESS, provided=False, shown_as=_("your e-mail or IP address, as a keyed hash")
            ),
            "full_at": Datum(Category.LOGIN, provided=False),
        },
        impersonal=("id",),
    )

    class Meta:
        verbose_name = _("rate limit")
        verbose_name_plural = _("rate limits")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["about", "limit"], name="privacy_bucket_one_a_limit")
        ]

    def __str__(self) -> str:
        return self.about[:8]
