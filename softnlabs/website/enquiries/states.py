"""Whatever may be done with an enquiry: one table, one entry for each transition. No queries."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class EnquiryState(TextChoices):
    NEW = "NEW", _("waits for an answer")
    ANSWERED = "ANSWERED", _("answered")
    CLOSED = "CLOSED", _("closed")


NEW, ANSWERED, CLOSED = EnquiryState.NEW, EnquiryState.ANSWERED, EnquiryState.CLOSED


class IllegalTransitionError(Exception):
    """Not possible as the enquiry stands."""


def always(is_unanswered: bool) -> bool:  # noqa: FBT001
    return True


def unanswered(is_unanswered: bool) -> bool:  # noqa: FBT001
    """Whether the last word is the person's."""
    return is_unanswered


def answered(is_unanswered: bool) -> bool:  # noqa: FBT001
    return not is_unanswered


@dataclass(frozen=True, eq=False)
class TransitionRule:
    """``states`` are from: to; ``action`` is what the audit trail records."""

    label: str | Promise
    states: Mapping[EnquiryState, EnquiryState]
    action: str
    guard: Callable[[bool], bool] = always


def stay(states: Iterable[EnquiryState]) -> dict[EnquiryState, EnquiryState]:
    return {state: state for state in states}


# fmt: off
class Transition(Enum):
    ANSWER = TransitionRule(
        _("Reply"), dict.fromkeys(EnquiryState, ANSWERED), "website.enquiry.answered")
    NOTE_IN = TransitionRule(
        _("Note a message from the person"), dict.fromkeys(EnquiryState, NEW), "website.enquiry.contacted")
    NOTE_OUT = TransitionRule(
        _("Note a message to the person"), dict.fromkeys(EnquiryState, ANSWERED), "website.enquiry.contacted")
    # What is noted late, after newer messages, changes nothing about who has the last word.
    NOTE_EARLIER = TransitionRule(
        _("Note an earlier message"), stay(EnquiryState), "website.enquiry.contacted")
    ASSIGN = TransitionRule(
        _("Assign"), stay((NEW, ANSWERED)), "website.enquiry.assigned")
    CLOSE = TransitionRule(
        _("Close"), {NEW: CLOSED, ANSWERED: CLOSED}, "website.enquiry.closed")
    CLOSE_AS_SPAM = TransitionRule(
        _("Close as spam"), {NEW: CLOSED}, "website.enquiry.closed_as_spam")
    REOPEN = TransitionRule(
        _("Open again"), {CLOSED: NEW}, "website.enquiry.reopened", unanswered)
    REOPEN_ANSWERED = TransitionRule(
        _("Open again"), {CLOSED: ANSWERED}, "website.enquiry.reopened", answered)
# fmt: on


def target_state(state: str, transition: Transition, *, is_unanswered: bool) -> EnquiryState:
    """Raises :class:`IllegalTransitionError`."""
    rule = transition.value
    if state not in rule.states or not rule.guard(is_unanswered):
        raise IllegalTransitionError(transition.name)
    return rule.states[EnquiryState(state)]


def is_possible(state: str, transition: Transition, *, is_unanswered: bool) -> bool:
    return state in transition.value.states and transition.value.guard(is_unanswered)
