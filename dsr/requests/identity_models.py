"""How identities were checked: the record that stays when the proof is destroyed."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import case_file_data
from dsr.requests.models import SubjectRequest
from dsr.rules.choices import GrowingChoices
from privacy.audit import labels
from privacy.datamap.declarations import Category, Datum
from privacy.datamap.registry import PersonalDataModel, PersonalDataQuerySet


class IdentityCheckMethod(GrowingChoices):
    """What proved the identity; the least intrusive first."""

    EMAIL = "EMAIL", _("the confirmed e-mail address leaves no doubt")
    KNOWN = "KNOWN", _("known from our exchanges")
    SIGNED = "SIGNED", _("the signed letter leaves no doubt")
    ANSWER = "ANSWER", _("an answer from an address or a telephone number that we know")
    DETAILS = "DETAILS", _("details that only the person can know")
    SEEN = "SEEN", _("identity document seen")
    LETTER = "LETTER", _("copy of an identity document, by letter (destroyed)")
    UPLOAD = "UPLOAD", _("copy of an identity document, sent through the site (destroyed)")
    INSUFFICIENT = "INSUFFICIENT", _("nothing: the proof was not sufficient (destroyed)")


class IdentityCheckQuerySet(PersonalDataQuerySet):
    def awaited(self) -> Self:
        """A proof was asked for and has not come."""
        return self.filter(asked_at__isnull=False, came_on=None)

    def undecided(self) -> Self:
        """A proof was asked for; whether it came or not, nobody has decided on it."""
        return self.filter(asked_at__isnull=False, checked_at=None)

    def decided(self) -> Self:
        """The last one counts."""
        return self.filter(checked_at__isnull=False).order_by("checked_at", "id")


class IdentityCheck(PersonalDataModel):
    """One check. A proof that was asked for suspends the clock until it comes."""

    request = models.ForeignKey(SubjectRequest, on_delete=models.CASCADE, related_name="identity_checks")
    asked_at = models.DateTimeField(_("proof asked for at"), null=True, blank=True)
    reason = models.TextField(_("reason of the doubt"), blank=True)
    came_on = models.DateField(_("proof came on"), null=True, blank=True)
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    checked_by = models.CharField(_("checked by"), max_length=40, blank=True)
    method = models.CharField(
        _("checked how"), max_length=20, choices=IdentityCheckMethod.as_choices, blank=True
    )

    objects: ClassVar = IdentityCheckQuerySet.as_manager()
    personal_data = case_file_data(
        "request",
        label=_("How your identity was checked"),
        fields={
            "asked_at": Datum(Category.IDENTITY_PROOF, provided=False),
            "reason": Datum(Category.IDENTITY_PROOF, provided=False),
            "came_on": Datum(Category.IDENTITY_PROOF, provided=False),
            "checked_at": Datum(Category.IDENTITY_PROOF, provided=False),
            "method": Datum(Category.IDENTITY_PROOF, provided=False),
        },
        impersonal=("id", "request", "checked_by"),
    )

    class Meta:
        verbose_name = _("identity check")
        verbose_name_plural = _("identity checks")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                name="dsr_identitycheck_checked_has_method",
                condition=models.Q(checked_at=None, method="")
                | ~(models.Q(checked_at=None) | models.Q(method="")),
            ),
            models.UniqueConstraint(
                name="dsr_identitycheck_one_awaited",
                fields=["request"],
                condition=models.Q(asked_at__isnull=False, came_on=None),
            ),
        ]

    def __str__(self) -> str:
        return str(self.request_id)

    def get_checked_by_display(self) -> str:
        return labels.actor_label(self.checked_by)
