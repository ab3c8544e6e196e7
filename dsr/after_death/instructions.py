"""Instructions about one's data after death: recorded, replaced and withdrawn by the person, looked up by the desk.

Whoever fills in the form is asked at the address that it names; the last instructions count (act 78-17, article 85).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.forms.models import model_to_dict
from django.urls import reverse
from django.utils import translation

from dsr.after_death.models import BaseInstructions, Instructions, UnconfirmedInstructions
from dsr.follow_up.rate_limits import SUBMISSIONS_OF_MAILBOX
from dsr.lifecycle import transitions
from dsr.requests.mandate_models import Capacity, mandate_of
from dsr.requests.models import UNCONFIRMED_KEEP, SubjectRequest
from dsr.rules.after_death import Finding, Wish
from dsr.rules.transitions import Transition
from privacy.audit import trail
from privacy.companies.collecting import CollectionFacts
from privacy.datamap import subjects
from privacy.datamap.subjects import Subject
from privacy.journal import entries
from privacy.journal.entries import JournalEntry
from privacy.mail import outbox
from privacy.web import signed_links

CONFIRM = "instructions-confirm"
COPIED_FIELDS = (
    "surname", "first_name", "wish", "scope", "recipient", "executor", "details", "language", "entity",
    "policy_version",
)  # fmt: skip


class InstructionsGoneError(Exception):
    """What was to be confirmed is gone: confirmed before, or past its period."""


class InstructionsFoundError(Exception):
    """Instructions are recorded under the address of the person, so that there are none cannot be said."""


class NotOfDeadError(Exception):
    """The request is not about somebody who has died."""


@dataclass(frozen=True)
class InstructionsFormData:
    surname: str
    first_name: str
    email: str
    wish: str
    scope: str
    recipient: str
    executor: str
    details: str


def submit(
    form: InstructionsFormData,
    *,
    collection: CollectionFacts,
    may_mail: bool = True,
    language: str,
    now: datetime,
) -> UnconfirmedInstructions:
    """Store the form and mail the link that confirms it. Whether the address is known is never looked at.

    Where its mailbox got too many messages, :func:`mail_waiting` mails the link later.
    """
    with transaction.atomic():
        unconfirmed = UnconfirmedInstructions(
            **vars(form), **collection.columns(), language=language, received_at=now
        )
        unconfirmed.save(force_insert=True)
        if may_mail:
            _mail_confirmation(unconfirmed, now)
        _record("dsr.instructions.received", unconfirmed, now)
    return unconfirmed


def mail_waiting(*, now: datetime) -> int:
    """Mail the links that waited for the limit of their mailbox. Returns how many."""
    sent = 0
    with transaction.atomic():
        rows = UnconfirmedInstructions.objects.live(now).select_for_update(skip_locked=True)
        for unconfirmed in rows.filter(link_sent_at=None).order_by("received_at"):
            if SUBMISSIONS_OF_MAILBOX.take(unconfirmed.email, now=now):
                _mail_confirmation(unconfirmed, now)
                sent += 1
    return sent


def find_unconfirmed(token: str, *, now: datetime) -> UnconfirmedInstructions:
    """What a mailed link confirms. Raises `BadLinkError` or `InstructionsGoneError`."""
    key = UUID(signed_links.read(CONFIRM, token, now=now))
    found: UnconfirmedInstructions | None = UnconfirmedInstructions.objects.live(now).filter(pk=key).first()
    if found is None:
        raise InstructionsGoneError
    return found


def confirm(token: str, *, now: datetime) -> Wish:
    """Record them in the place of earlier ones, or withdraw these. Raises as `find_unconfirmed` does."""
    with transaction.atomic():
        key = find_unconfirmed(token, now=now).pk
        unconfirmed = UnconfirmedInstructions.objects.select_for_update().filter(pk=key).first()
        if unconfirmed is None:
            raise InstructionsGoneError
        _withdraw(unconfirmed, now) if unconfirmed.wish == Wish.WITHDRAW else _keep(unconfirmed, now)
        unconfirmed.delete()
    return Wish(unconfirmed.wish)


def replay_withdrawal(entry: JournalEntry, subject: Subject, *, now: datetime) -> int:
    """Withdraw again after a restore what was recorded before. Returns how many rows were deleted."""
    found = Instructions.objects.filter(email__in=subject.emails, recorded_at__lte=entry.at)
    return sum(_delete(each, now) for each in found)


def look_up(request_id: UUID, *, finding: str, words: str, now: datetime) -> None:
    """Write down what instructions of the dead person were found, and what follows for the answer.

    Raises IllegalTransitionError, NotOfDeadError and InstructionsFoundError.
    """
    with transitions.apply(request_id, Transition.LOOK_UP_INSTRUCTIONS, now=now) as request:
        mandate = mandate_of(request)
        if mandate is None or mandate.capacity != Capacity.HEIR:
            raise NotOfDeadError
        found = recorded_under_address(request, now=now)
        if found and finding == Finding.NONE:
            raise InstructionsFoundError
        mandate.instructions, mandate.instructions_words = finding, words
        mandate.instructions_read_at, mandate.instructions_read_by = now, trail.actor()
        mandate.save()


def note_use(request: SubjectRequest, *, now: datetime) -> None:
    """Their period begins with the answer, once the death was shown: whoever is said to be dead may be alive."""
    mandate = mandate_of(request)
    if mandate and mandate.is_of_dead and mandate.checked_at:
        found = recorded_under_address(request, now=now)
        if found:
            found.use(now)


def recorded_under_address(request: SubjectRequest, *, now: datetime) -> Instructions | None:
    found: Instructions | None = (
        Instructions.objects.live(now).filter(email=request.email).first() if request.email else None
    )
    return found


def _keep(unconfirmed: UnconfirmedInstructions, now: datetime) -> None:
    facts = {
        **model_to_dict(unconfirmed, fields=[name for name in COPIED_FIELDS if name != "policy_version"]),
        "policy_version": unconfirmed.policy_version,
        "recorded_at": now,
        "used_at": None,
    }
    recorded, _is_new = Instructions.objects.update_or_create(email=unconfirmed.email, defaults=facts)
    _record("dsr.instructions.recorded", recorded, now)
    _mail("instructions_recorded", recorded, {}, now)


def _withdraw(unconfirmed: UnconfirmedInstructions, now: datetime) -> None:
    for recorded in Instructions.objects.select_for_update().filter(email=unconfirmed.email):
        _delete(recorded, now)
    entries.note("dsr.instructions.withdrawn", [subjects.fingerprint(unconfirmed.email)], now=now)


def _delete(recorded: Instructions, now: datetime) -> int:
    _record("dsr.instructions.withdrawn", recorded, now)
    recorded.delete()
    return 1


def _mail_confirmation(unconfirmed: UnconfirmedInstructions, now: datetime) -> None:
    until = UNCONFIRMED_KEEP.after(unconfirmed.received_at)
    token = signed_links.sign(CONFIRM, str(unconfirmed.pk), until=until)
    with translation.override(unconfirmed.language):
        link = signed_links.absolute(reverse("dsr:instructions-confirm-link", args=[token]))
    _mail("instructions_confirm", unconfirmed, {"link": link, "until": until}, now)
    unconfirmed.link_sent_at = now
    unconfirmed.save(update_fields=["link_sent_at"])


def _mail(name: str, row: BaseInstructions, facts: dict[str, object], now: datetime) -> None:
    outbox.send(name, to=row.email, language=row.language, context={"instructions": row, **facts}, now=now)


def _record(action: str, row: BaseInstructions, now: datetime) -> None:
    trail.record(action, now=now, obj=row, about=subjects.fingerprint(row.email))
