"""Mail that came back, and the addresses that no commercial mail goes to for that reason."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel

AS_HASH = _("your address, as a keyed hash")


class MailReturn(PersonalDataModel):
    """One report about one message, once: what a provider or a mail server said, or the desk entered."""

    class Kind(models.TextChoices):
        PERMANENT = "PERMANENT", _("the mailbox refused it for good")
        TEMPORARY = "TEMPORARY", _("it could not be delivered")
        COMPLAINT = "COMPLAINT", pgettext_lazy("one e-mail", "reported as unwanted")
        UNSUBSCRIBED = "UNSUBSCRIBE", _("unsubscribed through the mailbox or the provider")

    class Source(models.TextChoices):
        PROVIDER = "PROVIDER", _("report of the provider")
        DESK = "DESK", _("entered at the desk")

    personal_data = PersonalData(
        label=_("E-mails to you that came back, or that you reported"),
        subject={"fingerprints": "fingerprint"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGITIMATE_INTEREST,
        keep=Keep(since="returned_at", period=Period(months=3), since_label=_("their return")),
        not_objectable=_("It only keeps us from writing to a mailbox that takes no mail."),
        fields={
            "fingerprint": Datum(Category.EMAIL, provided=False, shown_as=AS_HASH),
            "kind": Datum(Category.MESSAGES, provided=False),
            "status": Datum(Category.MESSAGES, provided=False),
            "source": Datum(Category.MESSAGES, provided=False),
            "returned_at": Datum(Category.MESSAGES, provided=False),
        },
        impersonal=("id", "digest"),
    )

    digest = models.CharField(_("digest of the report"), max_length=64, unique=True)
    fingerprint = models.CharField(_("fingerprint of the address"), max_length=64, db_index=True)
    kind = models.CharField(_("what happened"), max_length=12, choices=Kind.choices)
    status = models.CharField(_("code of the mail server"), max_length=12, blank=True)
    source = models.CharField(_("known from"), max_length=10, choices=Source.choices)
    returned_at = models.DateTimeField(_("came back at"))

    class Meta:
        verbose_name = _("returned e-mail")
        verbose_name_plural = _("returned e-mails")
        ordering = ["-returned_at", "-id"]

    def __str__(self) -> str:
        return f"{self.fingerprint[:12]}, {self.get_kind_display()}"


class StoppedAddress(PersonalDataModel):
    """An address that commercial mail no longer goes to because its mailbox takes none.

    Nobody asked for that: it is no suppression, and it ends when the owner confirms from the mailbox anew. Kept as long
    as a prospect may be, so that no address is written to again while it is one.
    """

    class Reason(models.TextChoices):
        PERMANENT = "PERMANENT", _("its mailbox refused a message for good")
        REPEATED = "REPEATED", _("several messages could not be delivered")

    personal_data = PersonalData(
        label=_("Addresses that take no mail"),
        subject={"fingerprints": "fingerprint"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGITIMATE_INTEREST,
        keep=Keep(
            since="stopped_at", period=Period(years=3), since_label=_("the last message that came back")
        ),
        not_objectable=_("It only keeps us from writing to a mailbox that takes no mail."),
        fields={
            "fingerprint": Datum(Category.EMAIL, provided=False, shown_as=AS_HASH),
            "reason": Datum(Category.MESSAGES, provided=False),
            "stopped_at": Datum(Category.MESSAGES, provided=False),
        },
        impersonal=("id",),
    )

    fingerprint = models.CharField(_("fingerprint of the address"), max_length=64, unique=True)
    reason = models.CharField(_("why"), max_length=10, choices=Reason.choices)
    stopped_at = models.DateTimeField(_("stopped at"), db_index=True)

    class Meta:
        verbose_name = _("address that takes no mail")
        verbose_name_plural = _("addresses that take no mail")
        ordering = ["-stopped_at"]

    def __str__(self) -> str:
        return f"{self.fingerprint[:12]}, {self.get_reason_display()}"
