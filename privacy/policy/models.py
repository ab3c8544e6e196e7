from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.audit.ledger import AppendOnlyModel
from privacy.datamap.declarations import NotPersonal


class PolicyVersion(AppendOnlyModel):
    """A published policy. `sha256` covers its texts in every language."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    published_at = models.DateTimeField(_("published at"))
    sha256 = models.CharField(_("digest"), max_length=64)

    personal_data = NotPersonal(
        _("A text for the public: who published it stands in the journal."),
        columns={
            "sha256": "the digest of a published text",
        },
    )

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        ordering = ("-number",)

    def __str__(self) -> str:
        return str(_("version %(number)d") % {"number": self.number})


class PolicyText(AppendOnlyModel):
    """A version in one language: its source, the values of its placeholders, what they state, and the result."""

    version = models.ForeignKey(
        PolicyVersion, verbose_name=_("policy version"), on_delete=models.PROTECT, related_name="texts"
    )
    language = models.CharField(_("language"), max_length=10)
    source = models.TextField(_("text as written"))
    placeholders = models.JSONField(_("values of the placeholders"))
    facts = models.JSONField(_("what the placeholders state"), default=dict)
    clauses = models.JSONField(_("clauses as published"))
    sha256 = models.CharField(_("digest"), max_length=64)

    personal_data = NotPersonal(
        _("A text for the public."),
        columns={
            "source": "what everybody reads",
            "sha256": "the digest of a published text",
        },
    )

    class Meta:
        verbose_name = _("text of a policy")
        verbose_name_plural = _("texts of policies")
        ordering = ("version", "language")
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="privacy_policytext_one_a_language")
        ]

    def __str__(self) -> str:
        return f"{self.version}, {self.language}"
