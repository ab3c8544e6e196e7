from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import case_file_data
from dsr.requests.identity_models import IdentityCheck
from dsr.requests.models import SubjectRequest
from privacy.datamap.declarations import Category, Datum, Keep
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel
from privacy.files.models import StoredFile


class Enclosure(PersonalDataModel):
    request = models.ForeignKey(SubjectRequest, on_delete=models.CASCADE, related_name="enclosures")
    file = models.OneToOneField(
        StoredFile, verbose_name=_("file"), on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(_("sent at"))

    personal_data = case_file_data(
        "request",
        label=_("Documents that you added to your requests"),
        fields={
            "file": Datum(Category.MESSAGES, is_file=True),
            "sent_at": Datum(Category.MESSAGES, provided=False),
        },
        impersonal=("id", "request"),
    )

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("sent_at", "id")

    def __str__(self) -> str:
        return str(self.request_id)


class IdentityProof(PersonalDataModel):
    """One side or page of an identity document. Destroyed at the decision; only the check remains.

    No request is closed without that decision: the period below is a second safeguard.
    """

    check_made = models.ForeignKey(
        IdentityCheck, verbose_name=_("identity check"), on_delete=models.CASCADE, related_name="proofs"
    )
    file = models.OneToOneField(
        StoredFile, verbose_name=_("file"), on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(_("sent at"))

    personal_data = case_file_data(
        "check_made__request",
        label=_("Copies of identity documents, until the decision"),
        keep=Keep(
            since="check_made__request__closed_at",
            period=Period(days=1),
            since_label=_("the closing of your request, if it was not destroyed before"),
        ),
        fields={
            "file": Datum(Category.IDENTITY_PROOF, is_file=True),
            "sent_at": Datum(Category.IDENTITY_PROOF, provided=False),
        },
        impersonal=("id", "check_made"),
        erasure_exemption=_(
            "The copy serves to make sure that it is you who asks, and is destroyed at that decision."
        ),
    )

    class Meta:
        verbose_name = _("proof of identity")
        verbose_name_plural = _("proofs of identity")
        ordering: ClassVar = ("sent_at", "id")

    def __str__(self) -> str:
        return str(self.check_made_id)
