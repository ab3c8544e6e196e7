"""Who is signed in, in which browser, since when: beside Django's sessions, which know nobody."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose, Recipient
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel


class AccountSession(PersonalDataModel):
    """One browser in which somebody is signed in. Without its row a session opens nothing."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="sessions", verbose_name=_("account")
    )
    started_at = models.DateTimeField(_("signed in at"))
    used_at = models.DateTimeField(_("last used at"))
    ends_at = models.DateTimeField(_("ends at the latest at"), db_index=True)
    browser = models.CharField(_("browser"), max_length=40, blank=True)
    is_of_staff = models.BooleanField(_("of staff"))

    personal_data = PersonalData(
        label=_("Where you are signed in"),
        subject={"accounts": "account_id"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGITIMATE_INTEREST,
        keep=Keep(since="ends_at", period=Period(days=1), since_label=_("the end of the session")),
        not_objectable=_("It keeps you signed in, and shows you where: you can end each session yourself."),
        recipients=(Recipient.CONTROLLER, Recipient.SECURITY, Recipient.HOST),
        fields={
            "account": Datum(Category.LOGIN, provided=False),
            "started_at": Datum(Category.LOGIN, provided=False),
            "used_at": Datum(Category.LOGIN, provided=False),
            "ends_at": Datum(Category.LOGIN, provided=False),
            "browser": Datum(Category.LOGIN, provided=False),
        },
        impersonal=("id", "is_of_staff"),
    )

    class Meta:
        verbose_name = _("open session")
        verbose_name_plural = _("open sessions")
        ordering = ("-used_at", "-id")

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"

    def is_over(self, now: datetime) -> bool:
        return now >= self.ends_at

    def is_void(self) -> bool:
        """The account may not sign in any more, or somebody was hired or left meanwhile."""
        return not self.account.is_active or self.is_of_staff != self.account.is_staff

    def is_idle(self, now: datetime) -> bool:
        """An instant far ahead was written while the clock was: it says nothing about a use."""
        idle = settings.IDLE_AT_DESK if self.is_of_staff else settings.IDLE_OF_CLIENTS
        return abs(now - self.used_at) >= idle
