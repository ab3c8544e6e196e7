"""Each version of the question, kept as it was rendered, dated and hashed in public (CNIL, recommendation 2020-092).

The worker keeps it from the first minutes on, and an answer that comes earlier does so itself: no page waits for it.
"""

from datetime import datetime

from django.db.models import QuerySet

from consent.cookies import registry
from consent.ledger import ledger
from consent.ledger.models import Wording
from consent.wording import wording


def store_current(*, now: datetime) -> None:
    """Keep the question that is put now, whole and in every language; nothing happens when it is kept already."""
    for shown in wording.prompt_for(registry.reload()).shown.values():
        ledger.archive_wording(shown.text, language=shown.language, now=now, markup=shown.markup)


def versions() -> QuerySet[Wording]:
    """Every version that was ever shown, the latest first. Words of forms and letters are for their readers alone."""
    rows: QuerySet[Wording] = Wording.objects.exclude(markup="")
    return rows.order_by("-first_shown_at", "language", "sha256")
