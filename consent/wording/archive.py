"""Each version of the question, kept as rendered, with its date and hash (CNIL, recommendation 2020-092).

The worker archives it within minutes, and an earlier answer does so itself: no page waits for it.
"""

from datetime import datetime

from django.db.models import QuerySet

from consent.cookies import registry
from consent.ledger import ledger
from consent.ledger.models import Wording
from consent.wording import wording


def store_current(*, now: datetime) -> None:
    """Archive the current question, whole and in every language, unless it is there already."""
    for shown in wording.prompt_for(registry.reload()).shown.values():
        ledger.archive_wording(shown.text, language=shown.language, now=now, markup=shown.markup)


def versions() -> QuerySet[Wording]:
    """Every version shown to the public, latest first. Wordings without markup, of forms and letters, are private."""
    rows: QuerySet[Wording] = Wording.objects.exclude(markup="")
    return rows.order_by("-first_shown_at", "language", "sha256")
