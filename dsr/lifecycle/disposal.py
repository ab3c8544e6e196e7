"""Destroying what is no longer needed: copies that prove an identity, the document of a mandate, copied visits."""

from dsr.requests.document_models import IdentityProof
from dsr.requests.mandate_models import Mandate
from dsr.requests.models import SubjectRequest
from dsr.requests.visit_models import VisitsCopy
from privacy.files import storage
from privacy.files.models import Draft
from privacy.rights import erasure


def destroy_proofs(request: SubjectRequest) -> int:
    """Destroy every copy of a card or passport; returns how many. The record of the check stays.

    A copy may also wait beside a form that was never sent, under the address of the person.
    """
    if request.email and request.identity_checks.filter(asked_at__isnull=False).exists():
        erasure.delete(Draft.objects.filter(email=request.email))
    return erasure.delete(IdentityProof.objects.filter(check_made__request=request)).rows


def on_closing(request: SubjectRequest) -> None:
    """Of the mandate, or what takes its place, its digest stays, and who checked it when."""
    destroy_proofs(request)
    erasure.delete(VisitsCopy.objects.filter(request=request))
    served = Mandate.objects.filter(request=request)
    files = [key for keys in served.values_list("file", "death_certificate") for key in keys if key]
    served.update(file=None, death_certificate=None)
    storage.destroy(files)
