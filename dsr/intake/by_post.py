"""Letters that came by post: the controller enters them, and the clock runs from the day on which they came.

A letter with the reference of an existing request belongs to that request. Any other is a request of its own.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from dsr.answer import delivery, objections
from dsr.identity import mandates
from dsr.intake import submission
from dsr.intake.models import EnclosedProof, IncomingLetter
from dsr.lifecycle import disposal, transitions
from dsr.messages import emails
from dsr.requests.identity_models import IdentityCheck, IdentityCheckMethod
from dsr.requests.item_models import RequestItem
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import Clock, paris_day
from dsr.rules.states import RequestState
from dsr.rules.transitions import Occurrence, Transition
from privacy.audit import trail
from privacy.companies import collecting
from privacy.datamap.periods import CALENDAR
from privacy.files import fields
from privacy.files.models import Draft
from privacy.files.uploads import CheckedDocument

ENTRY_LOCK = 0x6C657474  # "lett": one new letter is entered at a time
DUPLICATE_WINDOW = timedelta(minutes=10)


class LetterDateError(ValueError):
    """A day in the future, or before the company, the request that the letter names, or the question for a proof."""


class LetterAlreadyEnteredError(Exception):
    """The same letter was entered a moment ago, as ``request``: a button was pressed twice."""

    def __init__(self, request: SubjectRequest) -> None:
        super().__init__(request.reference)
        self.request = request


@dataclass(frozen=True)
class EnteredLetter:
    received_on: date
    scan: CheckedDocument | Draft
    identity: str = EnclosedProof.NONE


@dataclass(frozen=True)
class LetterWriter:
    form: submission.RequestFormData
    language: str
    postal_address: str
    by_post: bool
    representation: mandates.Representation | None = None


def enter(writer: LetterWriter, letter: EnteredLetter, *, now: datetime) -> SubjectRequest:
    """Make a letter a request, and carry out at once what can be.

    Raises LetterDateError, LetterAlreadyEnteredError, and :class:`OSError`.
    """
    if not earliest_day() <= letter.received_on <= paris_day(now):
        raise LetterDateError
    with transaction.atomic():
        _check_once(writer, letter, now)
        request = _request(writer, letter, now)
        transitions.record(request, Occurrence.RECEIVED, now=request.received_at)
        _keep(request, letter, now)
        transitions.record(request, Transition.ENTER_LETTER, now=now)
        if writer.representation:
            mandates.store(request, writer.representation, now=now)
            emails.mandated(request, now=now)
        if letter.identity == EnclosedProof.CHECKED:
            _checked(IdentityCheck(request=request), now)
            transitions.record(request, Transition.CHECK_IDENTITY, now=now)
        for right in request.rights:
            item = RequestItem(request=request, right=right)
            # Without an address nothing can be stopped from here: then the controller does it by hand. For somebody
            # else nothing is stopped before the mandate, or the proof in its place, was checked.
            is_due = request.email and not writer.representation
            objections.settle(item, now=now) if is_due else item.save()
        if request.items.undecided().exists():
            emails.received(request, now=now)
        else:
            delivery.answer_at_once(request.pk, now=now)
            request.refresh_from_db()
    return request


def attach(request_id: UUID, letter: EnteredLetter, *, now: datetime) -> None:
    """Add a letter to the request whose reference it carries; an awaited proof may have come with it.

    Raises IllegalTransitionError once the request is decided, LetterDateError and LetterAlreadyEnteredError.
    """
    if letter.received_on > paris_day(now):
        raise LetterDateError
    with transitions.apply(request_id, Transition.ENTER_LETTER, now=now) as request:
        if letter.received_on < earliest_day(request):
            raise LetterDateError
        if _duplicates(letter, now).filter(request=request).exists():
            raise LetterAlreadyEnteredError(request)
        was_closed = SubjectRequest.objects.filter(pk=request_id, state=RequestState.CLOSED).exists()
        _keep(request, letter, now)
        if letter.identity != EnclosedProof.NONE:
            _proved(request, letter, now)
        request.update_due_date(now)
        if was_closed:
            emails.reopened(request, now=now)


def earliest_day(request: SubjectRequest | None = None) -> date:
    """The first day on which a letter can have come: not before the request that it names, nor before the company."""
    return paris_day(request.received_at) if request else date.fromisoformat(str(settings.ENTITY["since"]))


def _proved(request: SubjectRequest, letter: EnteredLetter, now: datetime) -> None:
    """A proof was enclosed: the clock runs on. If it was checked too, copies that came before are destroyed."""
    check = request.identity_checks.undecided().first()
    if check and check.came_on is None:
        if letter.received_on < paris_day(check.asked_at):
            raise LetterDateError
        check.came_on = letter.received_on
        check.save()
    if letter.identity == EnclosedProof.CHECKED:
        _checked(check or IdentityCheck(request=request), now)
        disposal.destroy_proofs(request)


def _check_once(writer: LetterWriter, letter: EnteredLetter, now: datetime) -> None:
    """One at a time, so that of two clicks the second finds the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ENTRY_LOCK])
    facts = {**vars(writer.form), "postal_address": writer.postal_address, "by_post": writer.by_post}
    found = SubjectRequest.objects.filter(incoming_letters__in=_duplicates(letter, now), **facts).first()
    if found:
        raise LetterAlreadyEnteredError(found)


def _duplicates(letter: EnteredLetter, now: datetime) -> "QuerySet[IncomingLetter]":
    """What was entered a moment ago of the same day, with a scan of the same size."""
    size = len(letter.scan.content) if isinstance(letter.scan, CheckedDocument) else letter.scan.file.size
    same = {"received_on": letter.received_on, "identity": letter.identity, "scan__size": size}
    return IncomingLetter.objects.filter(**same, entered_at__gt=now - DUPLICATE_WINDOW)


def _request(writer: LetterWriter, letter: EnteredLetter, now: datetime) -> SubjectRequest:
    """A letter is written to the data controller, whichever form it could have been."""
    noon = datetime.combine(letter.received_on, time(12), CALENDAR)
    request = SubjectRequest(
        **vars(writer.form),
        **collecting.by_controller().columns(),
        language=writer.language,
        postal_address=writer.postal_address,
        by_post=writer.by_post,
        received_at=min(noon, now),
        confirmed_at=now,
        due_on=Clock(letter.received_on).due_on(paris_day(now)),
    )
    request.save(force_insert=True)
    return request


def _keep(request: SubjectRequest, letter: EnteredLetter, now: datetime) -> None:
    IncomingLetter(
        request=request,
        received_on=letter.received_on,
        identity=letter.identity,
        scan=fields.store(letter.scan, now=now),
        entered_at=now,
        entered_by=trail.actor(),
    ).save()


def _checked(check: IdentityCheck, now: datetime) -> None:
    check.method, check.checked_at, check.checked_by = IdentityCheckMethod.LETTER, now, trail.actor()
    check.save()
