"""Writing an e-mail campaign. Once it is scheduled its words stand as they are; a copy is a new draft."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from consent.mailings import pictures, writing
from consent.mailings.models import Mailing
from consent.mailings.states import MailingState
from privacy.audit import trail
from privacy.mail import signing

WRITTEN = ("entity", "topic", "languages", "subject_en", "body_en", "subject_fr", "body_fr")


class NotADraftError(Exception):
    """Somebody scheduled it meanwhile: what is sent is not written any more."""


def save(mailing: Mailing, names: Iterable[str]) -> None:
    """Save these of the written fields. Raises :class:`NotADraftError`; then nothing was."""
    values = {name: getattr(mailing, name) for name in names}
    drafts = Mailing.objects.filter(pk=mailing.pk, state=MailingState.DRAFT)
    if values and not drafts.update(**values):
        raise NotADraftError


def copy(mailing: Mailing, *, now: datetime) -> Mailing:
    """A draft with the same words, for the same audience."""
    values = {name: getattr(mailing, name) for name in WRITTEN}
    with transaction.atomic():
        new = Mailing.objects.create(**values, written_by=trail.actor(), written_at=now)
        trail.record("consent.mailing.copied", now=now, obj=new, detail={"of": mailing.pk})
    return new


def problems(mailing: Mailing) -> Mapping[str, list[ValidationError]]:
    """By field, what is to be written otherwise before it can be sent: a picture may be gone since it was saved.

    Under ``signature``: why no campaign can be sent at all.
    """
    found = {
        name: writing.problems(getattr(mailing, name), is_ours=pictures.is_ours)
        for name in ("body_en", "body_fr")
    }
    return {name: errors for name, errors in found.items() if errors} | unsigned()


def unsigned() -> dict[str, list[ValidationError]]:
    """Under ``signature``, why no campaign can be sent at all; empty where one can."""
    reason = signing.is_ready()
    return {"signature": [ValidationError(reason)]} if reason else {}
