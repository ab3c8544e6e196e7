"""The records of security: a full IP address, and never a number of a browser.

The law exempts the count of visits from consent as long as it serves statistics alone, so nothing here is read from
visits, and nothing of visits is read from here.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose, Recipient
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel

PERIOD = Period(months=6)
SEEN_BY = (Recipient.SECURITY, Recipient.HOST)


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
        keep=Keep(since="at", period=PERIOD, since_label=_("the sign-in")),
        recipients=SEEN_BY,
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


class SecurityEvent(PersonalDataModel):
    """A form that was sent, a rate limit that was reached, or a request that was refused. No content of a form.

    Where very many come within an hour, a row of the kind ``MORE`` stands for ``times`` of them.
    """

    class EventKind(models.TextChoices):
        FORM = "FORM", _("form sent")
        LIMIT = "LIMIT", _("limit reached")
        REFUSED = "REFUSED", _("request refused")
        MORE = "MORE", _("more of these, only counted")

    REASONS: ClassVar = {
        400: _("not a valid request for this site"),
        403: _("not allowed"),
        404: _("there is nothing at this address"),
        405: _("method that this site does not use"),
        410: _("link expired, used or incomplete"),
    }

    at = models.DateTimeField(_("when"), db_index=True)
    kind = models.CharField(_("event"), max_length=16, choices=EventKind.choices)
    page = models.CharField(_("page"), max_length=300, blank=True)
    limit = models.CharField(_("limit"), max_length=60, blank=True)
    status = models.PositiveSmallIntegerField(_("why refused"), null=True, help_text=_("The HTTP status."))
    times = models.PositiveIntegerField(_("times"), default=1)
    account = models.BigIntegerField(_("number of the account"), null=True, blank=True, db_index=True)
    address = models.GenericIPAddressField(_("IP address"), null=True, db_index=True)

    personal_data = PersonalData(
        label=_("Forms that you sent, limits that you reached, and what the site refused you"),
        subject={"accounts": "account"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGITIMATE_INTEREST,
        keep=Keep(since="at", period=PERIOD, since_label=_("the event")),
        recipients=SEEN_BY,
        fields={
            "at": Datum(Category.NAVIGATION, provided=False),
            "kind": Datum(Category.NAVIGATION, provided=False),
            "page": Datum(Category.NAVIGATION, provided=False),
            "limit": Datum(Category.NAVIGATION, provided=False),
            "status": Datum(Category.NAVIGATION, provided=False),
            "times": Datum(Category.NAVIGATION, provided=False),
            "account": Datum(Category.LOGIN, provided=False),
            "address": Datum(Category.IP_ADDRESS, provided=False),
        },
        impersonal=("id",),
    )

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security events")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"

    def get_status_display(self) -> str:
        return str(self.REASONS.get(self.status or 0, self.status or ""))
