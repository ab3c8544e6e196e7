"""Promises about the records of security."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from privacy.promises.checking import CheckRun, Evidence, Promise, none_of
from privacy.security import separation


def promises() -> Iterator[Promise]:
    yield Promise(
        "security.records",
        "security",
        _(
            "No record of security holds a number of a browser: sign-ins, forms and refusals are kept apart from"
            " visits."
        ),
        _("records with such a number"),
        _without_numbers,
    )


def _without_numbers(_check_run: CheckRun) -> Evidence:
    found, seen = separation.count_records_with_a_number()
    return none_of(found, among=seen)
