"""Which lines of a list may be asked, and why the others may not. Nothing leaves, and nothing is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consent.imports.models import LineState, ListedAddress
from consent.imports.reading import EMAIL, LANGUAGE, OBTAINED, PROOF, SOURCE, ListLine
from consent.ledger import topics
from consent.ledger.models import ConsentEvent
from consent.prospecting import spellings
from consent.prospecting.models import Prospect, Suppression
from privacy.datamap.models import Restriction
from privacy.datamap.periods import CALENDAR
from privacy.web.fields import LastingEmailField, validate_printable

DATES: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y")
OLDEST_YEARS: Final = 3
"""Whoever agreed to something longer ago does not expect us any more: the period of prospects."""
LANGUAGE_WORDS: Final = {
    "en": "en", "english": "en", "anglais": "en", "fr": "fr", "french": "fr", "français": "fr", "francais": "fr",
}  # fmt: skip


class Reason(StrEnum):
    NO_ADDRESS = "NO_ADDRESS"
    TWICE = "TWICE"
    NO_SOURCE = "NO_SOURCE"
    NO_DATE = "NO_DATE"
    NO_PROOF = "NO_PROOF"
    TO_COME = "TO_COME"
    TOO_OLD = "TOO_OLD"
    LANGUAGE = "LANGUAGE"
    SIGNS = "SIGNS"
    STOPPED = "STOPPED"
    PROSPECT = "PROSPECT"
    ASKED = "ASKED"
    LIMIT = "LIMIT"


REASONS: Final = {
    Reason.NO_ADDRESS: _("This is no e-mail address at which mail arrives."),
    Reason.TWICE: _("This mailbox stands in the list before."),
    Reason.NO_SOURCE: _("The source is missing."),
    Reason.NO_DATE: _("The date on which the person agreed is missing, or is no date."),
    Reason.NO_PROOF: _("The proof of consent is missing."),
    Reason.TO_COME: _("The date is still to come."),
    Reason.TOO_OLD: _("The person agreed more than three years ago."),
    Reason.LANGUAGE: _("We do not write in this language."),
    Reason.SIGNS: _("This line holds a sign that cannot be stored, or more text than we keep."),
    Reason.STOPPED: _("This mailbox must not be written to."),
    Reason.PROSPECT: _("This person is a prospect already."),
    Reason.ASKED: _("This person was asked within the last seven days."),
    Reason.LIMIT: _("This mailbox got too many questions within an hour."),
}


@dataclass(frozen=True)
class ForAll:
    """What holds for each line that does not say otherwise; empty where each line has to say it."""

    language: str
    source: str = ""
    obtained_on: date | None = None
    proof: str = ""


def check(lines: list[ListLine], *, common: ForAll, now: datetime) -> list[ListedAddress]:
    """One row for each line, not saved: to be asked, or refused with a reason."""
    rows = [_row(line, common, now) for line in lines]
    _refuse_known(rows, now)
    seen: set[str] = set()
    for row in rows:
        if row.mailbox and row.mailbox in seen and row.state == LineState.WAITING:
            _refuse(row, Reason.TWICE)
        seen.add(row.mailbox)
    return rows


def why_not_now(row: ListedAddress, *, now: datetime) -> Reason | None:
    """The same once more, right before the question leaves: days may have passed."""
    return _known([row], now).get(row.mailbox)


def _row(line: ListLine, common: ForAll, now: datetime) -> ListedAddress:
    email = _address(line.get(EMAIL))
    row = ListedAddress(
        number=line.number,
        email=email or _readable(line.get(EMAIL))[:254],
        mailbox=spellings.mailbox_fingerprint(email) if email else "",
        language=_language(line.get(LANGUAGE), common),
        source=_readable(line.get(SOURCE) or common.source),
        obtained_on=_day(line.get(OBTAINED)) if line.get(OBTAINED) else common.obtained_on,
        proof=_readable(line.get(PROOF) or common.proof),
        state=LineState.WAITING,
        kept_from=now,
    )
    if reason := _fault(row, is_address=bool(email), signs=line, now=now):
        _refuse(row, reason)
    return row


def _fault(row: ListedAddress, *, is_address: bool, signs: ListLine, now: datetime) -> Reason | None:
    today = now.astimezone(CALENDAR).date()
    found = (
        (Reason.SIGNS, not _may_be_stored(row, signs)),
        (Reason.NO_ADDRESS, not is_address),
        (Reason.LANGUAGE, not row.language),
        (Reason.NO_SOURCE, not row.source),
        (Reason.NO_DATE, row.obtained_on is None),
        (Reason.NO_PROOF, not row.proof),
        (Reason.TO_COME, row.obtained_on is not None and row.obtained_on > today),
        (Reason.TOO_OLD, row.obtained_on is not None and _is_old(row.obtained_on, today)),
    )
    return next((reason for reason, holds in found if holds), None)


def _refuse_known(rows: list[ListedAddress], now: datetime) -> None:
    known = _known([row for row in rows if row.state == LineState.WAITING], now)
    for row in rows:
        if row.state == LineState.WAITING and row.mailbox in known:
            _refuse(row, known[row.mailbox])


def _known(rows: list[ListedAddress], now: datetime) -> dict[str, Reason]:
    """By mailbox, why nobody may be asked there. The weightier reason counts."""
    by_email = {row.email: row.mailbox for row in rows}
    mailboxes = set(by_email.values())
    found: dict[str, Reason] = {}
    found |= dict.fromkeys(_asked(by_email, mailboxes, rows, now), Reason.ASKED)
    prospects = Prospect.objects.live(now).filter(mailbox__in=mailboxes, confirmed_at__isnull=False)
    found |= dict.fromkeys(prospects.values_list("mailbox", flat=True), Reason.PROSPECT)
    return found | dict.fromkeys(_stopped(by_email, mailboxes), Reason.STOPPED)


def _asked(
    by_email: dict[str, str], mailboxes: set[str], rows: list[ListedAddress], now: datetime
) -> Iterator[str]:
    """By a list or by a form, while the question can be answered."""
    lists = ListedAddress.objects.live(now).filter(mailbox__in=mailboxes, state=LineState.ASKED)
    yield from lists.exclude(pk__in=[row.pk for row in rows if row.pk]).values_list("mailbox", flat=True)
    askings = ConsentEvent.objects.askings().live(now).filter(topic=topics.PROSPECTING, email__in=by_email)
    yield from (by_email[email] for email in askings.values_list("email", flat=True))


def _stopped(by_email: dict[str, str], mailboxes: set[str]) -> Iterator[str]:
    """In whichever spelling they stopped us, and those whose data are restricted."""
    own = {spellings.fingerprint(email): mailbox for email, mailbox in by_email.items()}
    wanted = own | {mailbox: mailbox for mailbox in mailboxes}
    stopped = Suppression.objects.filter(fingerprint__in=wanted).values_list("fingerprint", flat=True)
    yield from (wanted[found] for found in stopped)
    restricted = Restriction.objects.in_force().subject().emails
    yield from mailboxes & {spellings.mailbox_fingerprint(email) for email in restricted}


def _refuse(row: ListedAddress, reason: Reason) -> None:
    row.state, row.reason = LineState.REFUSED, reason


def _address(text: str) -> str:
    try:
        return str(LastingEmailField(max_length=254).clean(text))
    except ValidationError:
        return ""


def _language(text: str, common: ForAll) -> str:
    if not text:
        return common.language
    code = LANGUAGE_WORDS.get(text.casefold(), "")
    return code if code in dict(settings.LANGUAGES) else ""


def _day(text: str) -> date | None:
    for shape in DATES:
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007 a day has no time zone
        except ValueError:
            continue
    return None


def _is_old(day: date, today: date) -> bool:
    return (today.year - day.year, (today.month, today.day) >= (day.month, day.day)) >= (OLDEST_YEARS, True)


def _readable(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())


def _may_be_stored(row: ListedAddress, line: ListLine) -> bool:
    try:
        for text in line.cells.values():
            validate_printable(text)
    except ValidationError:
        return False
    return len(row.source) <= 200 and len(row.proof) <= 500
