"""What django-cookie-consent's models lack: French texts, lifetimes, readers, purposes and terms.

PROTECT throughout: a declaration that visitors have answered must not disappear with a row of another table.
"""

from cookie_consent.models import Cookie, CookieGroup
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import NotPersonal, Purpose
from privacy.datamap.periods import Period


class GroupDeclaration(models.Model):
    """Extends `CookieGroup` with its French texts, and the terms on which its cookies may be used."""

    class Terms(models.TextChoices):
        ALWAYS = "ALWAYS", _("needed: always on")
        UNTIL_OBJECTION = "UNTIL_OBJECTION", _("on until the visitor objects")
        CONSENT = "CONSENT", _("off until the visitor consents")

    personal_data = NotPersonal(
        _("Texts that describe a group of cookies."),
        columns={
            "name_fr": "what everybody reads",
            "description_fr": "what everybody reads",
        },
    )

    group = models.OneToOneField(
        CookieGroup, on_delete=models.PROTECT, related_name="declaration", verbose_name=_("group")
    )
    terms = models.CharField(_("terms"), max_length=16, choices=Terms.choices, default=Terms.CONSENT)
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose.choices)
    name_fr = models.CharField(_("name in French"), max_length=100)
    description_fr = models.TextField(_("description in French"))

    class Meta:
        verbose_name = _("group declaration")
        verbose_name_plural = _("group declarations")

    def __str__(self) -> str:
        return str(self.group)


class CookieDeclaration(models.Model):
    """Extends `Cookie` with its French text, its lifetime, and who reads it."""

    personal_data = NotPersonal(
        _("Texts that describe a cookie."),
        columns={
            "description_fr": "what everybody reads",
            "reader": "who reads the cookie: a company",
        },
    )

    cookie = models.OneToOneField(
        Cookie, on_delete=models.PROTECT, related_name="declaration", verbose_name=_("cookie")
    )
    description_fr = models.TextField(_("description in French"))
    months = models.PositiveSmallIntegerField(_("lifetime, months"), default=0)
    days = models.PositiveSmallIntegerField(
        _("lifetime, days"), default=0, help_text=_("No months and no days: until the browser is closed.")
    )
    reader = models.CharField(
        _("who reads it"), max_length=100, blank=True, help_text=_("Empty: this company alone.")
    )

    class Meta:
        verbose_name = _("cookie declaration")
        verbose_name_plural = _("cookie declarations")
        constraints = [
            models.CheckConstraint(
                condition=Q(months__lt=6) | Q(months=6, days=0),
                name="consent_cookiedeclaration_six_months_at_most",
                violation_error_message=_("No cookie of this site lives longer than six months."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.cookie)

    def lifetime(self) -> Period | None:
        """None: until the browser is closed."""
        return Period(months=self.months, days=self.days) if self.months or self.days else None
