"""The table of the audit trail."""

from typing import ClassVar

from django.db import models
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from privacy.audit import labels, looks
from privacy.audit.ledger import AppendOnlyModel
from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose, Recipient
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel


class AuditEntry(AppendOnlyModel, PersonalDataModel):
    """One action, about a pseudonym. ``action`` has no choices, so that a new one costs no migration."""

    dated_by = "at"

    at = models.DateTimeField(_("done at"), db_index=True)
    actor = models.CharField(_("done by"), max_length=40)
    source = models.CharField(_("source"), max_length=100)
    action = models.CharField(_("what was done"), max_length=100)
    kind = models.CharField(_("kind of record"), max_length=100, blank=True)
    key = models.CharField(_("number of the record"), max_length=64, blank=True)
    about = models.CharField(_("pseudonym of the person"), max_length=64, blank=True, db_index=True)
    detail = models.JSONField(_("details"), default=dict)
    ends_at = models.DateTimeField(_("ends at"), null=True, editable=False)  # of a look

    personal_data = PersonalData(
        label=_("Journal of what was done with your data"),
        subject={"fingerprints": "about"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(
            since="at",
            period=Period(years=5),
            active=looks.IN_USE,
            since_label=_("the action"),
            until="ends_at",
            until_label=format_lazy(
                _("it only says that your data were looked at: then {period} in all"), period=looks.KEEP
            ),
        ),
        recipients=(Recipient.CONTROLLER, Recipient.SECURITY, Recipient.HOST),
        fields={
            "about": Datum(Category.REQUESTS, provided=False, shown_as=_("your address, as a keyed hash")),
            "at": Datum(Category.REQUESTS, provided=False),
            "action": Datum(Category.REQUESTS, provided=False),
            "ends_at": Datum(Category.REQUESTS, provided=False),
            "detail": Datum(
                Category.REQUESTS,
                provided=False,
                shown_as=_("figures, and the reason where one was written down"),
            ),
        },
        impersonal=("id", "actor", "source", "kind", "key"),
        erasure_exemption=_("It proves what was done with your data, and knows you only by a one-way hash."),
    )

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ("-at", "-id")
        permissions: ClassVar = [
            ("open_journal", _("Can open the archive of the journal, for a control with a written reason"))
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["ends_at"],
                condition=models.Q(ends_at__isnull=False),
                name="privacy_auditentry_ends_at",
            )
        ]

    def __str__(self) -> str:
        return f"{date_format(localtime(self.at), 'SHORT_DATETIME_FORMAT')}, {self.get_action_display()}"

    def get_action_display(self) -> str:
        return labels.action_label(self.action)

    def get_actor_display(self) -> str:
        return labels.actor_label(self.actor)
