"""The case file of a request: whose data each record in it is, why it is kept and how long."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import Basis, Datum, Keep, PersonalData, Purpose
from privacy.datamap.periods import Period

CLOSED_KEEP = Period(years=5)
STAYS = _("The file of a request proves how it was answered, and stays for its own period.")


def case_file_data(
    through: str = "",
    *,
    label: str | Promise,
    fields: Mapping[str, Datum],
    impersonal: tuple[str, ...],
    subject: Mapping[str, str] | None = None,
    keep: Keep | None = None,
    erasure_exemption: str | Promise = STAYS,
) -> PersonalData:
    """What a model of the case file declares: ``through`` leads to its request; the last three say where it differs."""
    lookup = f"{through}__" if through else ""
    return PersonalData(
        label=label,
        subject=subject or {"emails": f"{lookup}email"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=keep
        or Keep(since=f"{lookup}closed_at", period=CLOSED_KEEP, since_label=_("the closing of your request")),
        fields=fields,
        impersonal=impersonal,
        erasure_exemption=erasure_exemption,
    )
