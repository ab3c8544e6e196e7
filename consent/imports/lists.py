"""What is done with a list: brought in, people asked, undone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count, F
from django.utils import translation
from django.utils.formats import date_format

from consent.imports import checking, reading
from consent.imports.checking import ForAll, Reason
from consent.imports.models import (
    LEFT_OUT,
    LineState,
    ListedAddress,
    ListedAddressQuerySet,
    ListState,
    ProspectList,
)
from consent.ledger.models import ConsentEvent, ConsentEventQuerySet, ConsentTerm
from consent.preferences.forms import OPT_IN
from consent.prospecting import prospecting
from privacy.audit import trail
from privacy.companies import collecting
from privacy.companies.models import company_name, own_company
from privacy.mail.models import Mail

PAGE: Final = "/admin/consent/prospectlist/"
MESSAGE: Final = "prospect_confirm"


class NotNowError(Exception):
    """The list is in another state, or its time is over."""


@dataclass(frozen=True)
class Undone:
    """How many had not confirmed and vanished, and how many had confirmed and stay prospects."""

    gone: int
    confirmed: int


def bring_in(content: bytes, *, title: str, common: ForAll, now: datetime) -> ProspectList:
    """Read and check a list; nobody is asked yet. Raises :class:`reading.UnreadableListError`."""
    rows = checking.check(reading.read(content), common=common, now=now)
    refused = sum(row.state == LineState.REFUSED for row in rows)
    with transaction.atomic():
        made = ProspectList.objects.create(
            title=title,
            read_at=now,
            lines_read=len(rows),
            lines_refused=refused,
            **collecting.by_controller().columns(),
        )
        for row in rows:
            row.list = made
        ListedAddress.objects.bulk_create(rows, batch_size=2000)
        detail = {"lines": len(rows), "refused": refused}
        trail.record("consent.prospectlist.brought_in", now=now, obj=made, detail=detail)
    return made


def reasons(found: ProspectList, *, now: datetime) -> list[tuple[Reason, int]]:
    """Why lines were refused or left out, with how many each, the most frequent first; while the lines are kept."""
    rows = ListedAddress.objects.live(now).filter(list=found, state__in=LEFT_OUT).order_by()
    counts = rows.values_list("reason").annotate(number=Count("pk")).order_by("-number", "reason")
    return [(Reason(reason), number) for reason, number in counts]


def start(pk: int, *, now: datetime) -> ProspectList:
    """From now on the worker asks. Raises :class:`NotNowError`."""
    with transaction.atomic():
        found = _locked(pk)
        if not found.may_start(now):
            raise NotNowError
        found.state, found.started_at = ListState.ASKING, now
        found.save(update_fields=["state", "started_at"])
        trail.record("consent.prospectlist.started", now=now, obj=found)
    return found


def undo(pk: int, *, now: datetime) -> Undone:
    """Who has not confirmed is forgotten, their mailed link ends, and mail that waits is not sent.

    Raises :class:`NotNowError`.
    """
    with transaction.atomic():
        found = _locked(pk)
        if not found.may_undo(now):
            raise NotNowError
        rows = found.lines.all()
        waiting = _unconfirmed(rows)
        confirmed = rows.filter(state=LineState.ASKED).count() - waiting.count()
        gone = rows.count() - confirmed
        emails = list(waiting.values_list("email", flat=True))
        ConsentTerm.objects.filter(consentevent__in=waiting).update(confirm_by=now)
        Mail.objects.filter(message=MESSAGE, to__in=emails, sent_at=None, refused_at=None).delete()
        rows.all().delete()
        ProspectList.objects.filter(pk=pk).update(state=ListState.UNDONE)
        detail = {"forgotten": gone, "confirmed": confirmed}
        trail.record("consent.prospectlist.undone", now=now, obj=found, detail=detail)
    return Undone(gone, confirmed)


def ask_next(*, now: datetime) -> bool:
    """Ask the owner of the next line that waits, whichever list it is of; false where none waits.

    The question, its mail and the line that says so are one transaction: a worker that is killed has asked or has not.
    """
    with transaction.atomic():
        waiting = ListedAddress.objects.live(now).waiting()
        found = _asking_first(waiting)
        row = waiting.filter(list=found).select_for_update(of=("self",)).order_by("number").first()
        if row is None:
            return False
        _ask(row, now)
    return True


def _asking_first(waiting: ListedAddressQuerySet) -> ProspectList | None:
    """The list before its lines, as :func:`undo` locks them: otherwise each would wait for the other."""
    asking = ProspectList.objects.filter(state=ListState.ASKING, pk__in=waiting.values("list"))
    found: ProspectList | None = asking.select_for_update(skip_locked=True).order_by("pk").first()
    return found


def finish(*, now: datetime) -> int:
    """Mark the lists of which no line waits any more. Returns how many."""
    left = ListedAddress.objects.live(now).filter(state=LineState.WAITING)
    asking = ProspectList.objects.filter(state=ListState.ASKING)
    return int(asking.exclude(pk__in=left.values("list")).update(state=ListState.ASKED))


def _ask(row: ListedAddress, now: datetime) -> None:
    reason = checking.why_not_now(row, now=now)
    asked = None if reason else _question(row, now)
    if asked is None:
        row.state, row.reason = LineState.SKIPPED, reason or Reason.LIMIT
    else:
        row.state, row.asking, row.kept_from = LineState.ASKED, asked.record, now
    row.save(update_fields=["state", "reason", "asking", "kept_from"])
    counter = "lines_skipped" if asked is None else "lines_asked"
    ProspectList.objects.filter(pk=row.list_id).update(**{counter: F(counter) + 1})


def _question(row: ListedAddress, now: datetime) -> ConsentEvent | None:
    facts = row.list
    with translation.override(row.language):
        name = own_company().name if facts.entity == own_company().siren else company_name(facts.entity)
        sentence = OPT_IN % {"company": name}
        assert row.obtained_on  # of each line that is not refused
        source = f"{row.source}, {date_format(row.obtained_on, 'DATE_FORMAT')}"
    return prospecting.ask(
        email=row.email,
        sentence=sentence,
        language=row.language,
        page=PAGE,
        now=now,
        policy_version=str(facts.policy_version or ""),
        entity=facts.entity,
        source=source,
    )


def _unconfirmed(rows: ListedAddressQuerySet) -> ConsentEventQuerySet:
    asked = rows.filter(state=LineState.ASKED).values("asking")
    found: ConsentEventQuerySet = ConsentEvent.objects.askings().filter(
        record__in=asked, term__confirm_by__isnull=False
    )
    return found


def _locked(pk: int) -> ProspectList:
    found: ProspectList = ProspectList.objects.select_for_update().get(pk=pk)
    return found
