"""What is destroyed as soon as it has served: the copies that prove an identity."""

from dsr.models import IdentityProof, SubjectRequest
from privacy import erasure


def destroy_proofs(request: SubjectRequest) -> int:
    """Destroy every copy of a card or passport of this request; returns how many. The record of the check stays."""
    return erasure.delete(IdentityProof.objects.filter(check_made__request=request)).rows
