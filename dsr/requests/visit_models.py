from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import case_file_data
from dsr.requests.models import SubjectRequest, UnconfirmedRequest
from privacy.datamap.declarations import Category, Datum, Keep
from privacy.datamap.registry import PersonalDataModel
from privacy.files.models import StoredFile
from privacy.visits.counting_models import PERIOD


class VisitsCopy(PersonalDataModel):
    """The visits of the browser in which a request was filled in, without its number: only the answer gets them.

    Made when the form is sent, because no other moment knows the browser. It goes with the form that nobody confirms,
    and when the request is closed; so it never outlives the visits by more than the answer takes, and each visit is
    left out of the answer once its own period is over.
    """

    unconfirmed_request = models.OneToOneField(
        UnconfirmedRequest, on_delete=models.CASCADE, null=True, blank=True, related_name="visits_copy"
    )
    request = models.OneToOneField(
        SubjectRequest, on_delete=models.CASCADE, null=True, blank=True, related_name="visits_copy"
    )
    file = models.OneToOneField(
        StoredFile, verbose_name=_("file"), on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("made at"))

    personal_data = case_file_data(
        "request",
        label=_("Visits that you asked us to add to our answer"),
        keep=Keep(since="made_at", period=PERIOD, since_label=_("the sending of your form")),
        fields={
            "file": Datum(
                Category.NAVIGATION,
                provided=False,
                shown_as=_("the visits, which the answer lists"),
                is_file=True,
            ),
            "made_at": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "unconfirmed_request", "request"),
        erasure_exemption="",
    )

    class Meta:
        verbose_name = _("copy of visits")
        verbose_name_plural = _("copies of visits")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="dsr_visitscopy_of_unconfirmed_or_request",
                condition=models.Q(unconfirmed_request=None) ^ models.Q(request=None),
            )
        ]

    def __str__(self) -> str:
        return str(self.request_id or self.unconfirmed_request_id)
