"""What the controller decides: the delay, each right, what is kept back, the answer, the refusal."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from dsr.answer import delivery, setbacks
from dsr.answer.execution import BY_GRANT
from dsr.identity import mandates, verification
from dsr.lifecycle import transitions
from dsr.messages import emails
from dsr.messages.models import Author, RequestMessage
from dsr.package import redaction
from dsr.package.models import AccessPackage
from dsr.requests.item_models import Outcome, RequestItem, Reserve
from dsr.requests.models import SubjectRequest
from dsr.review import approval, corrections, lift_restriction
from dsr.rules import states
from dsr.rules.deadlines import LateExtension, paris_day
from dsr.rules.rights import PACKAGED, RESERVABLE, Kind
from dsr.rules.states import Move
from privacy.audit import trail
from privacy.rights import restriction


class IdentityUnchecked(Exception):
    """Nobody has said yet by what they know that the person is who they say."""


class Undecided(Exception):
    """A right is still to be decided on, or nothing at all is granted: that would be a refusal."""


@dataclass(frozen=True)
class Decision:
    """What is said of a right, or of a part of it: a refusal needs its ground and its reasons."""

    outcome: str
    ground: str = ""
    reason: str = ""
    until: date | None = None


def possible_moves(request: SubjectRequest, *, now: datetime) -> list[Move]:
    """What may be done with the request now: what its state allows and its dates and checks do not forbid."""
    clock, today = request.clock(), paris_day(now)
    checked, allowed = verification.is_checked(request), approval.possible_moves(request)
    mandated, wanted = mandates.is_checked(request), mandates.is_wanted_again(request)
    outcomes = {item.kind: item.outcome for item in request.items.all()}
    may_refuse = Outcome.SATISFIED not in outcomes.values()
    facts = {
        **allowed,
        Move.ASK_IDENTITY: clock.may_suspend(today),
        Move.CHECK_IDENTITY: not checked,
        Move.CHECK_MANDATE: not mandated and not wanted,
        Move.HAND_IN: wanted,
        Move.RESERVE: bool(RESERVABLE & outcomes.keys()),
        Move.STRIKE: bool(PACKAGED & outcomes.keys()),
        Move.CORRECT: Kind.RECTIFICATION in outcomes,
        Move.ANNOUNCE: Kind.RESTRICTION in outcomes and lift_restriction.may_announce(request),
        Move.EXTEND: clock.may_extend(today),
        Move.PREPARE_REFUSAL: allowed[Move.PREPARE_REFUSAL] and may_refuse,
        Move.GRANT: allowed[Move.GRANT] and checked and mandated and _is_ready(outcomes),
        Move.RETURN: setbacks.may_take_back(request),
        Move.REFUSE: allowed[Move.REFUSE] and may_refuse,
        Move.CLOSE: clock.is_suspended,
    }
    return [move for move in states.legal_moves(request.state) if facts.get(move, True)]


def write(request_id: UUID, *, text: str, now: datetime) -> None:
    """Write to the person. Raises IllegalMove once it is decided."""
    with transitions.making(request_id, Move.WRITE, now=now) as request:
        RequestMessage(request=request, written_at=now, author=Author.CONTROLLER, text=text).save()
        emails.message(request, words=text, now=now)


def extend(request_id: UUID, *, reason: str, now: datetime) -> None:
    """Take two more months, and tell the person why (GDPR 12(3)). Raises IllegalMove, LateExtension."""
    with transitions.making(request_id, Move.EXTEND, now=now) as request:
        if not request.clock().may_extend(paris_day(now)):
            raise LateExtension
        request.extended_at = now
        request.wind(now)
        RequestMessage(request=request, written_at=now, author=Author.CONTROLLER, text=reason).save()
        emails.extended(request, reason=reason, now=now)


def decide(request_id: UUID, *, kind: str, decision: Decision, now: datetime) -> None:
    """Say what becomes of one right. May be said again until the answer leaves. Raises IllegalMove."""
    with transitions.making(request_id, Move.DECIDE, now=now) as request:
        item = request.items.get(kind=kind, done_at=None)
        item.outcome, item.ground, item.reason = decision.outcome, decision.ground, decision.reason
        item.until, item.decided_at, item.decided_by = decision.until, now, trail.actor()
        item.save()
        corrections.follow(item)
        request.prepared_by = ""


def reserve(
    request_id: UUID, *, kind: str, holding: str, key: str = "", decision: Decision, now: datetime
) -> None:
    """Keep one record, or all of a holding, back from a right that is otherwise granted. Raises IllegalMove.

    A decision with the outcome SATISFIED keeps nothing back any more.
    """
    with transitions.making(request_id, Move.RESERVE, now=now) as request:
        item = request.items.get(kind=kind, done_at=None)
        said = {"ground": decision.ground, "reason": decision.reason, "until": decision.until}
        if decision.outcome == Outcome.SATISFIED:
            item.reserves.filter(holding=holding, key=key).delete()
        else:
            Reserve.objects.update_or_create(
                item=item,
                holding=holding,
                key=key,
                defaults={**said, "made_at": now, "made_by": trail.actor()},
            )
        request.prepared_by = ""


def grant(request_id: UUID, *, now: datetime) -> None:
    """Say yes to whatever was not decided otherwise, and send the answer, or have its package built first.

    Raises IllegalMove, :class:`IdentityUnchecked`, :class:`mandates.Unchecked`, :class:`Undecided`,
    :class:`approval.SecondPersonNeeded`, :class:`~privacy.rights.restriction.NoAddressError`; and
    :class:`~dsr.answer.setbacks.Returned` when a correction or a strike fits no more: then nothing was granted.
    """
    try:
        _grant(request_id, now)
    except setbacks.OBSTACLES as error:
        setbacks.note(request_id, error, now=now)
        raise setbacks.Returned(setbacks.hindrance(error)) from error


def refuse(request_id: UUID, *, ground: str, reason: str, now: datetime) -> None:
    """Say no to everything, with the ground, the reason, the CNIL and the court (GDPR 12(4)).

    Raises IllegalMove, :class:`Undecided` when a part was granted, and :class:`approval.SecondPersonNeeded`.
    """
    with transitions.making(request_id, Move.REFUSE, now=now) as request:
        approval.approve(request, Move.REFUSE, ground=ground, reason=reason)
        if request.items.granted().exists():
            raise Undecided
        _settle(list(request.items.all()), Decision(Outcome.WITHHELD, ground, reason), now)
        redaction.cover(request)
        request.ground = ground
        RequestMessage(request=request, written_at=now, author=Author.CONTROLLER, text=reason).save()
        emails.refused(request, reason=reason, now=now)


def refuse_as_prepared(request_id: UUID, *, now: datetime) -> None:
    """Send the refusal that another prepared, to the letter. Raises what :func:`refuse` raises."""
    prepared = SubjectRequest.objects.get(pk=request_id)
    refuse(request_id, ground=prepared.proposed_ground, reason=prepared.proposed_reason, now=now)


def close(request_id: UUID, *, reason: str, now: datetime) -> None:
    """Close a request whose proof of identity never came. Raises IllegalMove and :class:`IdentityUnchecked`."""
    with transitions.making(request_id, Move.CLOSE, now=now) as request:
        if not request.clock().is_suspended:
            raise IdentityUnchecked
        RequestMessage(request=request, written_at=now, author=Author.CONTROLLER, text=reason).save()
        emails.closed(request, reason=reason, now=now)


def reopen(request_id: UUID, *, now: datetime) -> None:
    """Take up again what was closed without answer. Raises IllegalMove."""
    with transitions.making(request_id, Move.REOPEN, now=now) as request:
        request.wind(now)
        emails.reopened(request, now=now)


def _grant(request_id: UUID, now: datetime) -> None:
    with transaction.atomic():
        with transitions.making(request_id, Move.GRANT, now=now) as request:
            if not verification.is_checked(request):
                raise IdentityUnchecked
            if not mandates.is_checked(request):
                raise mandates.Unchecked
            approval.approve(request, Move.GRANT)
            items = list(request.items.all())
            if not _is_ready({item.kind: item.outcome for item in items}):
                raise Undecided
            _settle(items, Decision(Outcome.SATISFIED), now)
            request.hindrance = ""
            redaction.check(request, now=now)
            _check_known(request)
            needs_package = request.items.granted().filter(kind__in=PACKAGED).exists()
            if needs_package:
                AccessPackage(request=request, asked_at=now).save()
        if not needs_package:
            delivery.answer(request_id, now=now)


def _check_known(request: SubjectRequest) -> None:
    """Of somebody without an address nothing can be restricted: say so now, not where the answer is made."""
    if not request.email and request.items.granted().filter(kind=Kind.RESTRICTION).exists():
        raise restriction.NoAddressError


def _is_ready(outcomes: dict[str, str]) -> bool:
    """Whether everything that an answer does not do by itself was decided, and something is granted."""
    open_kinds = {kind for kind, outcome in outcomes.items() if not outcome}
    return open_kinds <= BY_GRANT and set(outcomes.values()) != {Outcome.WITHHELD}


def _settle(items: list[RequestItem], decision: Decision, now: datetime) -> None:
    """Decide what is undecided."""
    for item in items:
        if not item.outcome:
            item.outcome, item.ground, item.reason = decision.outcome, decision.ground, decision.reason
            item.decided_at, item.decided_by = now, trail.actor()
            item.save()
            corrections.follow(item)
