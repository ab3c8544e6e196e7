"""What the controller decides: extension, each right, what is withheld, answer, refusal."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from dsr.after_death import instructions
from dsr.answer import delivery, setbacks
from dsr.identity import mandates, verification
from dsr.lifecycle import transitions
from dsr.messages import emails, letters
from dsr.messages.models import Author, RequestMessage
from dsr.package import redaction
from dsr.package.models import AccessPackage
from dsr.requests.item_models import Exemption, RequestItem
from dsr.requests.mandate_models import mandate_of
from dsr.requests.models import SubjectRequest
from dsr.review import approval, corrections, grounds
from dsr.rules import after_death, guards
from dsr.rules.deadlines import LateExtensionError, paris_day, start_of
from dsr.rules.rights import NEEDS_USES, PACKAGED, ItemOutcome, Right
from dsr.rules.transitions import Transition
from privacy.audit import trail
from privacy.rights import objection, restriction


class IdentityUncheckedError(Exception):
    """Nobody has checked the identity yet; or, for closing, no proof is awaited."""


class InstructionsUnreadError(Exception):
    """The instructions of a dead person were not looked up, or they and article 85 do not give what is granted."""


class UndecidedRightError(Exception):
    """A right is still to be decided on, or nothing at all is granted: that would be a refusal."""


class NoUseError(ValueError):
    """An objection is granted with the uses that it stops; these are none, or none that can be stopped here."""


@dataclass(frozen=True)
class Decision:
    """On a right, or on a part of it. A refusal needs its ground and its reasons."""

    outcome: str
    ground: str = ""
    reason: str = ""
    until: date | None = None
    uses: Collection[
        str
    ] = ()  # of a granted objection: the kinds of record, or archives (labels), used no more


def write(request_id: UUID, *, text: str, now: datetime) -> None:
    """Raises IllegalTransitionError once it is decided."""
    with transitions.apply(request_id, Transition.WRITE_MESSAGE, now=now) as request:
        RequestMessage(request=request, written_at=now, author=Author.CONTROLLER, text=text).save()
        emails.message(request, words=text, now=now)


def extend(request_id: UUID, *, reason: str, posted_on: date | None = None, now: datetime) -> None:
    """Take two more months, and tell the person why (GDPR 12(3)). Raises IllegalTransitionError, LateExtensionError.

    Who is answered by post is told on the day on which the letter was posted, whenever that is entered: ``posted_on``,
    else today. Raises PostingDateError for a day before the request, and for one that is still to come.
    """
    with transitions.apply(request_id, Transition.EXTEND, now=now) as request:
        day = posted_on or paris_day(now)
        if not paris_day(request.received_at) <= day <= paris_day(now):
            raise letters.PostingDateError
        if not request.clock().may_extend(day):
            raise LateExtensionError
        request.extended_at = now if day == paris_day(now) else start_of(day)
        request.update_due_date(now)
        RequestMessage(request=request, written_at=now, author=Author.CONTROLLER, text=reason).save()
        emails.extended(request, reason=reason, posted_on=day if request.by_post else None, now=now)


def decide(request_id: UUID, *, right: str, decision: Decision, now: datetime) -> None:
    """On one right. It may be decided again until the answer leaves.

    Raises IllegalTransitionError, UnfitGroundError for a refusal on a ground that the law does not know for it, and
    NoUseError.
    """
    with transitions.apply(request_id, Transition.DECIDE, now=now) as request:
        item = request.items.get(right=right, done_at=None)
        if decision.outcome == ItemOutcome.WITHHELD:
            grounds.check(request, decision.ground, right)
        item.uses = _uses(request, right, decision, now)
        item.outcome, item.ground, item.reason = decision.outcome, decision.ground, decision.reason
        item.until, item.decided_at, item.decided_by = decision.until, now, trail.actor()
        item.save()
        corrections.apply_outcome(item)
        request.prepared_by = ""


def withhold(
    request_id: UUID, *, right: str, holding: str, key: str = "", decision: Decision, now: datetime
) -> None:
    """Withhold one record, or all of a holding, from a right that is otherwise granted.

    A decision with the outcome SATISFIED withholds it no longer. Raises IllegalTransitionError and UnfitGroundError.
    """
    with transitions.apply(request_id, Transition.WITHHOLD, now=now) as request:
        item = request.items.get(right=right, done_at=None)
        values = {"ground": decision.ground, "reason": decision.reason, "until": decision.until}
        if decision.outcome == ItemOutcome.SATISFIED:
            item.exemptions.filter(holding=holding, key=key).delete()
        else:
            grounds.check(request, decision.ground, right)
            Exemption.objects.update_or_create(
                item=item,
                holding=holding,
                key=key,
                defaults={**values, "made_at": now, "made_by": trail.actor()},
            )
        request.prepared_by = ""


def grant(request_id: UUID, *, now: datetime) -> None:
    """Grant whatever was not decided otherwise, and send the answer, or have its package built first.

    Raises IllegalTransitionError, IdentityUncheckedError, MandateUncheckedError, UndecidedRightError,
    :class:`approval.SecondPersonNeededError`, :class:`~privacy.rights.restriction.NoAddressError`; and
    ReturnedToReviewError when a correction or a redaction no longer applies: then nothing was granted.
    """
    try:
        _grant(request_id, now)
    except setbacks.SETBACK_ERRORS as error:
        setbacks.note(request_id, error, now=now)
        raise setbacks.ReturnedToReviewError(setbacks.setback_of(error)) from error


def refuse(request_id: UUID, *, ground: str, reason: str, now: datetime) -> None:
    """Refuse everything, with the ground, the reason, the CNIL and the court (GDPR 12(4)).

    Raises IllegalTransitionError, UndecidedRightError when a part was granted, SecondPersonNeededError, and
    UnfitGroundError when the law does not know the ground for each right that was not decided on.
    """
    _refuse(request_id, Transition.REFUSE, ground, reason, now)


def refuse_as_prepared(request_id: UUID, *, now: datetime) -> None:
    """Send the refusal that another prepared, word for word. Raises what :func:`refuse` raises."""
    prepared = SubjectRequest.objects.get(pk=request_id)
    if not prepared.proposed_ground:
        raise approval.SecondPersonNeededError
    ground, reason = prepared.proposed_ground, prepared.proposed_reason
    _refuse(request_id, Transition.REFUSE_AS_PREPARED, ground, reason, now)


def close(request_id: UUID, *, reason: str, now: datetime) -> None:
    """The proof of identity never came. Raises IllegalTransitionError and IdentityUncheckedError."""
    with transitions.apply(request_id, Transition.CLOSE, now=now) as request:
        if not request.clock().is_suspended:
            raise IdentityUncheckedError
        RequestMessage(request=request, written_at=now, author=Author.CONTROLLER, text=reason).save()
        emails.closed(request, reason=reason, now=now)


def reopen(request_id: UUID, *, now: datetime) -> None:
    """Raises IllegalTransitionError."""
    with transitions.apply(request_id, Transition.REOPEN, now=now) as request:
        request.update_due_date(now)
        emails.reopened(request, now=now)


def _grant(request_id: UUID, now: datetime) -> None:
    with transaction.atomic():
        with transitions.apply(request_id, Transition.GRANT, now=now) as request:
            if not verification.is_checked(request):
                raise IdentityUncheckedError
            if not mandates.is_checked(request):
                raise mandates.MandateUncheckedError
            approval.approve(request, refusal=False)
            items = list(request.items.all())
            _check_instructions(request, items)
            instructions.note_use(request, now=now)
            if not guards.is_ready({item.right: item.outcome for item in items}):
                raise UndecidedRightError
            _settle(items, Decision(ItemOutcome.SATISFIED), now)
            request.setback = ""
            redaction.check(request, now=now)
            _check_known(request)
            needs_package = request.items.granted().filter(right__in=PACKAGED).exists()
            if needs_package:
                AccessPackage(request=request, asked_at=now).save()
        if not needs_package:
            delivery.answer(request_id, now=now)


def _refuse(request_id: UUID, transition: Transition, ground: str, reason: str, now: datetime) -> None:
    with transitions.apply(request_id, transition, now=now) as request:
        mandate = mandate_of(request)
        if mandate and mandate.is_of_dead and not mandate.instructions:
            raise InstructionsUnreadError
        approval.approve(request, refusal=True, ground=ground, reason=reason)
        if request.items.granted().exists():
            raise UndecidedRightError
        grounds.check_refusal(request, ground)
        instructions.note_use(request, now=now)
        _settle(list(request.items.all()), Decision(ItemOutcome.WITHHELD, ground, reason), now)
        redaction.redact_corrections(request)
        request.ground = ground
        RequestMessage(request=request, written_at=now, author=Author.CONTROLLER, text=reason).save()
        emails.refused(request, reason=reason, now=now)


def _check_instructions(request: SubjectRequest, items: list[RequestItem]) -> None:
    """Act 78-17, article 85. What is undecided counts as granted."""
    mandate = mandate_of(request)
    granted = {item.right for item in items if item.outcome in {"", ItemOutcome.SATISFIED}}
    if mandate and mandate.is_of_dead and not after_death.may_grant(granted, mandate.instructions):
        raise InstructionsUnreadError


def _uses(request: SubjectRequest, right: str, decision: Decision, now: datetime) -> list[str]:
    """Of an objection alone. That nothing is held cannot be said where a use of something could be stopped."""
    if right not in NEEDS_USES or decision.outcome == ItemOutcome.WITHHELD:
        return []
    concerned = objection.concerning(request.subject(), now=now)
    known = {each.label for each in concerned if each.is_objectable}
    is_said_empty = decision.outcome == ItemOutcome.NOTHING
    if known if is_said_empty else not decision.uses or not known.issuperset(decision.uses):
        raise NoUseError
    return [] if is_said_empty else sorted(decision.uses)


def _check_known(request: SubjectRequest) -> None:
    """Nothing can be restricted or stopped for somebody without an address: say so now, not with the answer."""
    concerned = (Right.RESTRICTION, Right.OBJECTION)
    if not request.email and request.items.granted().filter(right__in=concerned).exists():
        raise restriction.NoAddressError


def _settle(items: list[RequestItem], decision: Decision, now: datetime) -> None:
    for item in items:
        if not item.outcome:
            item.outcome, item.ground, item.reason = decision.outcome, decision.ground, decision.reason
            item.decided_at, item.decided_by = now, trail.actor()
            item.save()
            corrections.apply_outcome(item)
