"""Redacting words about other people in a copy (GDPR articles 15(4) and 20(4)): marked by hand, never guessed.

Stored are the places of the words and a hash of the text. When the text has changed by the time the copy is made, no
copy is made: the request goes back to the desk.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation
from django.utils.translation import gettext

from dsr.lifecycle import transitions
from dsr.package import numbered_records
from dsr.package.redaction_models import Redaction, TextChangedError
from dsr.requests.correction_models import RequestedCorrection
from dsr.requests.models import SubjectRequest
from dsr.rules import record_labels
from dsr.rules.rights import PACKAGED
from dsr.rules.transitions import Transition
from privacy.audit import trail
from privacy.datamap.registry import Holding, holdings
from privacy.datamap.subjects import fingerprint

WORD = re.compile(r"\S+")


class TextNotFoundError(LookupError):
    """Not a text of a record about this person."""


class RedactedMeanwhileError(Exception):
    """Somebody else marked words of the same text after it was opened: their marks would be lost."""


@dataclass(frozen=True)
class RecordText:
    """One text of one record, as it stands."""

    holding: str
    key: str
    field: str
    title: str
    value: str

    @property
    def text_hash(self) -> str:
        return fingerprint(self.value)

    def words(self) -> list[re.Match[str]]:
        return list(WORD.finditer(self.value))


@dataclass(frozen=True)
class RecordWord:
    """A word of the text on the page where it is marked."""

    text: str
    gap: str
    is_redacted: bool


def mark() -> str:
    """What stands in the place of redacted words, in the language in force."""
    return gettext("[redacted: rights of other people, GDPR, articles 15(4) and 20(4)]")


def free_texts(known: Holding) -> list[str]:
    """The fields in which people write what they like."""
    meta = known.model._meta
    if not numbered_records.is_choosable(known):
        return []
    return [
        name
        for name, datum in known.data.fields.items()
        if not datum.shown_as and isinstance(meta.get_field(name), models.TextField)
    ]


def text(request: SubjectRequest, holding: str, key: str, field: str, *, now: datetime) -> RecordText:
    """Raises :class:`TextNotFoundError`."""
    known = next((each for each in holdings() if each.label == holding), None)
    if known is None or field not in free_texts(known):
        raise TextNotFoundError(holding, field)
    try:
        row = known.live(now, among=known.about(request.subject())).filter(pk=key).first()
    except (ValueError, TypeError, ValidationError):
        row = None
    if row is None:
        raise TextNotFoundError(holding, key)
    return RecordText(
        holding, str(row.pk), field, record_labels.of_both(holding, field), str(getattr(row, field) or "")
    )


def words(request: SubjectRequest, found: RecordText) -> list[RecordWord]:
    """None is redacted where the text has changed since it was marked."""
    standing = of(request).get((found.holding, found.key, found.field))
    pairs = list(standing.pairs()) if standing and standing.text_hash == found.text_hash else []
    matches = found.words()
    ends = [*(each.start() for each in matches[1:]), len(found.value)]
    return [
        RecordWord(each.group(), found.value[each.end() : end], any(a <= each.start() < b for a, b in pairs))
        for each, end in zip(matches, ends, strict=True)
    ]


def last_mark(request: SubjectRequest, found: RecordText) -> str:
    """Identifies the present marks of a text: new each time, empty where there are none."""
    standing = of(request).get((found.holding, found.key, found.field))
    return str(standing.pk) if standing else ""


def redact(
    request_id: UUID,
    *,
    found: RecordText,
    text_hash: str,
    last: str | None = None,
    chosen: Collection[int],
    now: datetime,
) -> None:
    """Redact the words with the numbers ``chosen`` in a text, and no others; with none, all are shown again.

    ``last`` is what :func:`last_mark` said when the page was opened. Raises IllegalTransitionError,
    RedactedMeanwhileError, and :class:`TextChangedError` when the text has changed since.
    """
    with transitions.apply(request_id, Transition.REDACT, now=now) as request:
        if text_hash != found.text_hash:
            raise TextChangedError(found.title)
        if last not in {None, last_mark(request, found)}:
            raise RedactedMeanwhileError
        _forget(request, found)
        if spans := _spans(found, chosen):
            item = request.items.filter(right__in=PACKAGED, done_at=None).first()
            Redaction(
                item=item, holding=found.holding, key=found.key, field=found.field, spans=spans, text_hash=text_hash,
                made_at=now, made_by=trail.actor(),
            ).save()  # fmt: skip
        request.prepared_by = ""


def of(request: SubjectRequest) -> dict[tuple[str, str, str], Redaction]:
    """By the place of the text."""
    return {each.place: each for each in Redaction.objects.filter(item__request=request)}


def changed(request: SubjectRequest, *, now: datetime) -> Iterator[Redaction]:
    """The redactions whose text has changed since. A record that is gone needs none."""
    for each in of(request).values():
        try:
            found = text(request, *each.place, now=now)
        except TextNotFoundError:
            continue
        if found.text_hash != each.text_hash:
            yield each


def check(request: SubjectRequest, *, now: datetime) -> None:
    """Raises :class:`TextChangedError` when a redaction no longer applies."""
    for each in changed(request, now=now):
        raise TextChangedError(str(each))


def still_applicable(request: SubjectRequest) -> dict[tuple[str, str, str], Redaction]:
    """Those on texts that were not corrected: a corrected one holds the words that the person asked for."""
    written = RequestedCorrection.objects.filter(
        item__request=request, is_accepted=True, item__done_at__isnull=False
    )
    corrected = set(written.values_list("holding", "key", "field"))
    return {place: each for place, each in of(request).items() if place not in corrected}


def redact_corrections(request: SubjectRequest) -> None:
    """Redact the same words in what the answer says the old text was. Call it once, after correcting."""
    redactions = of(request)
    with translation.override(request.language):
        for each in RequestedCorrection.objects.filter(item__request=request):
            if found := redactions.get(each.place):
                is_same = fingerprint(each.was) == found.text_hash
                each.was = found.apply(each.was, mark()) if is_same else mark()
                each.save(update_fields=["was"])


def _forget(request: SubjectRequest, found: RecordText) -> None:
    place = {"holding": found.holding, "key": found.key, "field": found.field}
    Redaction.objects.filter(item__request=request, **place).delete()


def _spans(found: RecordText, chosen: Collection[int]) -> list[int]:
    """First and last characters of the chosen words; neighbours are one span, with what is between them."""
    spans: list[int] = []
    last = -2
    for number, each in enumerate(found.words()):
        if number not in chosen:
            continue
        if last == number - 1:
            spans[-1] = each.end()
        else:
            spans += [each.start(), each.end()]
        last = number
    return spans
