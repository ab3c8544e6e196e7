from django.db import models
from django.utils.translation import gettext_lazy as _

from dsr.requests.models import SubjectRequest
from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel


class LinkRequest(PersonalDataModel):
    """Somebody asked for a new link to a request that may not exist: the worker finds out, the page never does."""

    request = models.ForeignKey(
        SubjectRequest,
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("request"),
    )
    asked_at = models.DateTimeField(_("asked at"))

    personal_data = PersonalData(
        label=_("New links to a request, until they are sent"),
        subject={"emails": "request__email"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(since="asked_at", period=Period(days=1), since_label=_("your asking for it")),
        fields={
            "request": Datum(Category.REQUESTS, shown_as=_("the request that the link leads to")),
            "asked_at": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id",),
    )

    def __str__(self) -> str:
        return str(self.request_id)
