"""This floor's promises: requests are answered in time."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from dsr.deadlines import paris_day
from dsr.models import SubjectRequest
from privacy.promises import Evidence, Look, Promise, none_of


def promises() -> Iterator[Promise]:
    """All of them."""
    yield Promise(
        "data.answered",
        "data",
        _("Each request to exercise a right is answered by its last day."),
        _("requests past it"),
        _answered,
    )


def _answered(look: Look) -> Evidence:
    return none_of(SubjectRequest.objects.open().due_before(paris_day(look.now)).count())
