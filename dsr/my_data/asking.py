"""A request of whoever is signed in: their address is confirmed already, so it exists as soon as it is sent."""

from datetime import datetime

from django.db import transaction

from dsr.intake import submission
from dsr.intake.submission import NOTHING_BROUGHT, RequestFormData, SendingBrowser
from dsr.requests.models import SubjectRequest
from privacy.companies.collecting import CollectionFacts


def ask(
    form: RequestFormData,
    *,
    collection: CollectionFacts,
    browser: SendingBrowser = NOTHING_BROUGHT,
    language: str,
    now: datetime,
) -> SubjectRequest:
    """Raises :class:`OSError` for visits that cannot be stored; then nothing was asked."""
    with transaction.atomic():
        sent = submission.submit(
            form, collection=collection, browser=browser, is_signed_in=True, language=language, now=now
        )
        return submission.confirm(sent.pk, now=now)
