"""Rows in which a request has corrected the address: by the old one they are not found any more."""

from collections.abc import Collection
from dataclasses import replace

from dsr.requests.correction_models import RequestedCorrection
from dsr.requests.models import SubjectRequest
from privacy.datamap.declarations import Category
from privacy.datamap.registry import holdings
from privacy.datamap.subjects import Subject, normalise_email
from privacy.rights.erasure import RowReference


def rows(request: SubjectRequest) -> list[RowReference]:
    """The rows in which this request has corrected the address: they are still about the person."""
    return [RowReference(each.holding, each.key) for each in _corrected_addresses(request)]


def addresses(request: SubjectRequest) -> set[str]:
    """The addresses that it has written into them."""
    return {normalise_email(each.wished) for each in _corrected_addresses(request)}


def subject(request: SubjectRequest) -> Subject:
    """The person as the request knows them, with the accounts of which it has corrected the address."""
    known_subject, found = request.subject(), rows(request)
    accounts = set(known_subject.accounts)
    for known in holdings():
        lookup, keys = known.data.subject.get("accounts"), keys_in(known.label, found)
        if lookup and keys:
            accounts.update(known.rows().filter(pk__in=keys).values_list(lookup, flat=True))
    return replace(known_subject, accounts=frozenset(accounts))


def keys_in(holding: str, items: Collection[RowReference]) -> list[str]:
    return [item.key for item in items if item.holding == holding]


def _corrected_addresses(request: SubjectRequest) -> list[RequestedCorrection]:
    written = RequestedCorrection.objects.filter(
        item__request=request, is_accepted=True, item__done_at__isnull=False
    )
    declared = {known.label: known.data.fields for known in holdings()}
    return [each for each in written if declared[each.holding][each.field].category == Category.EMAIL]
