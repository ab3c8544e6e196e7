"""Whatever may be done with a request: one table, one entry for each transition.

An entry holds the label, the states (from: to), the event that the history records, the guard, and the button of the
desk. All else follows from it: the words of the history, who reads them, what is possible now, the desk's buttons.
The stored code of an event is no choice of the model field, so a new entry costs no migration. What the desk does for
an entry stands in `dsr.desk.admin_actions`, each kind of form in `dsr.desk.admin_action`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dsr.rules import guards
from dsr.rules.guards import RequestFacts
from dsr.rules.states import OPEN, RequestState


class Audience(StrEnum):
    """Who reads an event in the history. In the access package all of them stand."""

    PERSON = auto()  # and the staff
    STAFF = auto()  # how the work is divided does not concern the person


@dataclass(frozen=True, eq=False)
class EventType:
    """An entry of the history: the ``code`` that is stored, and the words that people read."""

    code: str
    text: str | Promise
    audience: Audience = Audience.PERSON
    # It changes nothing that a controller decides on: whoever has not seen it may act all the same.
    is_quiet: bool = False


class DeskForm(StrEnum):
    """What a button of the desk asks for."""

    NOTHING = auto()
    REASON = auto()
    MESSAGE = auto()
    REFUSAL = auto()
    IDENTITY_CHECK = auto()
    MANDATE = auto()
    DECISION = auto()
    MANDATE_CHECK = auto()
    INSTRUCTIONS = auto()
    CORRECTION = auto()
    WITHHOLDING = auto()
    LIFTING = auto()
    EXTENSION = auto()
    ASSIGNMENT = auto()
    LETTER_POSTED = auto()
    RECIPIENT_NOTIFICATION = auto()
    INTERNAL_NOTE = auto()


@dataclass(frozen=True, eq=False)
class DeskButton:
    """A button of the desk: its address, what it does, what it asks for, and whether it writes to the person."""

    path: str
    consequence: str | Promise
    form: DeskForm = DeskForm.NOTHING
    sends_message: bool = False


@dataclass(frozen=True, eq=False)
class TransitionRule:
    """One entry of the table. Without ``button`` it is not the desk's, or has a page of its own."""

    label: str | Promise
    states: Mapping[RequestState, RequestState]
    event: EventType
    guard: Callable[[RequestFacts], bool] = guards.always
    button: DeskButton | None = None


def stay(states: Iterable[RequestState]) -> dict[RequestState, RequestState]:
    """Possible in these states, and changes none of them."""
    return {state: state for state in states}


RECEIVED, GRANTED, CLOSED = RequestState.RECEIVED, RequestState.GRANTED, RequestState.CLOSED
ANSWERED, REFUSED, WITHDRAWN = RequestState.ANSWERED, RequestState.REFUSED, RequestState.WITHDRAWN
STAFF = Audience.STAFF

# Events of more than one transition.
_ASSIGNED = EventType("ASSIGNED", _("The work on the request was organised."), STAFF, is_quiet=True)
_PREPARED = EventType("PREPARED", _("The answer was submitted for approval."), STAFF)
_REFUSED = EventType("REFUSED", _("The request was refused."))


# fmt: off
class Transition(Enum):
    """The buttons of the desk stand in this order."""

    # By the person, or on a page of its own.
    ADD_DOCUMENT = TransitionRule(
        _("Add a document"), stay(OPEN), EventType("DOCUMENT_ADDED", _("A document was added.")))
    SUBMIT_PROOF = TransitionRule(
        _("Send the proof of identity"), {RECEIVED: RECEIVED, CLOSED: RECEIVED},
        EventType("PROOF_RECEIVED", _("The proof of identity came; the delay runs on.")))
    WITHDRAW = TransitionRule(
        _("Withdraw"), {RECEIVED: WITHDRAWN, GRANTED: WITHDRAWN},
        EventType("WITHDRAWN", _("The request was withdrawn.")))
    ENTER_LETTER = TransitionRule(
        _("Enter a letter"), {**stay(OPEN), CLOSED: RECEIVED},
        EventType("LETTER_ENTERED", _("A letter came and was added to the file.")))
    REDACT = TransitionRule(
        _("Redact words about other people"), stay({RECEIVED}),
        EventType("REDACTED", _("Words about other people were redacted in the copy."), STAFF), guards.may_redact)
    ANSWER = TransitionRule(
        _("Send the answer"), {GRANTED: ANSWERED},
        EventType("ANSWERED", _("The answer was made ready and announced by e-mail.")))

    # By a button of the desk.
    CHECK_IDENTITY = TransitionRule(
        _("Mark the identity as checked"), stay({RECEIVED}),
        EventType("IDENTITY_CHECKED", _("The identity was checked.")), guards.needs_identity_check,
        DeskButton("check-identity", _(
            "Writes down who was satisfied of the identity, when and by what. Copies sent through the site are "
            "destroyed; destroy any that came by letter."
        ), DeskForm.IDENTITY_CHECK))
    REQUEST_PROOF = TransitionRule(
        _("Ask for a proof of identity"), stay({RECEIVED}),
        EventType("PROOF_REQUESTED", _("A proof of identity was asked for; the delay is suspended.")),
        guards.may_request_proof,
        DeskButton("ask-identity", _(
            "Mails the person your reasons for doubt and suspends the delay until the proof comes."
        ), DeskForm.REASON, sends_message=True))
    CHECK_MANDATE = TransitionRule(
        _("Mark the mandate, or the proof in its place, as checked"), stay({RECEIVED}),
        EventType("MANDATE_CHECKED", _("It was checked that the person who asks may do so.")),
        guards.needs_mandate_check,
        DeskButton("check-mandate", _(
            "Writes down who found the document good, and when. Objections that need no weighing are carried out. "
            "A document that is not good is a ground to refuse."
        ), DeskForm.MANDATE_CHECK))
    LOOK_UP_INSTRUCTIONS = TransitionRule(
        _("Write down what the instructions of the dead person say"), stay({RECEIVED}),
        EventType("INSTRUCTIONS_READ", _("The instructions of the person who has died were looked up.")),
        guards.is_of_dead,
        DeskButton("instructions", _(
            "Writes down what was found and what follows from it. Before that nothing can be granted or refused. "
            "Nothing is sent yet."
        ), DeskForm.INSTRUCTIONS))
    RESUBMIT_MANDATE = TransitionRule(
        _("Hand in the mandate again"), stay({RECEIVED}),
        EventType("MANDATE_RESUBMITTED", _("The mandate came once more.")), guards.needs_mandate,
        DeskButton("hand-in", _(
            "Adds the mandate that came by post, in the place of the one that was destroyed unchecked."
        ), DeskForm.MANDATE))
    DECIDE = TransitionRule(
        _("Decide on one right"), stay({RECEIVED}),
        EventType("DECIDED", _("One of the rights asked for was decided on."), STAFF), guards.always,
        DeskButton("decide", _(
            "Writes down what becomes of one right. Nothing is sent yet, and it can be decided anew until then."
        ), DeskForm.DECISION))
    CORRECT = TransitionRule(
        _("Decide on one correction"), stay({RECEIVED}),
        EventType("CORRECTED", _("It was decided on one correction."), STAFF), guards.may_correct,
        DeskButton("correct", _(
            "Writes down one correction, today's value beside the requested one. "
            "Accepted, it is written with the answer."
        ), DeskForm.CORRECTION))
    WITHHOLD = TransitionRule(
        _("Withhold something"), stay({RECEIVED}),
        EventType("WITHHELD", _("It was decided what is withheld."), STAFF), guards.may_withhold,
        DeskButton("reserve", _(
            "Withholds one kind of record from a right that is otherwise granted; the answer names it and says why."
        ), DeskForm.WITHHOLDING))
    PREPARE = TransitionRule(
        _("Submit for approval"), stay({RECEIVED}), _PREPARED, guards.may_prepare,
        DeskButton("prepare", _(
            "Lets a second person approve what was decided: only then can the answer leave."
        )))
    PREPARE_REFUSAL = TransitionRule(
        _("Submit a refusal for approval"), stay({RECEIVED}), _PREPARED, guards.may_prepare_refusal,
        DeskButton("prepare-refusal", _(
            "Lets a second person approve a refusal: in these words, and in no others, it can leave then."
        ), DeskForm.REFUSAL))
    REVISE = TransitionRule(
        _("Take back from approval"), stay({RECEIVED}),
        EventType("REVISED", _("The answer was taken back from approval."), STAFF), guards.may_revise,
        DeskButton("revise", _(
            "Takes back what was submitted, so that it can be changed and submitted anew. Nothing is sent."
        )))
    GRANT = TransitionRule(
        _("Grant"), {RECEIVED: GRANTED},
        EventType("GRANTED", _("The request was granted; the answer is being prepared.")), guards.may_grant,
        DeskButton("grant", _(
            "Grants what was not decided otherwise, carries everything out, builds the package if one was asked for, "
            "and mails the answer. Final."
        ), sends_message=True))
    RETURN = TransitionRule(
        _("Take back to decide again"), {GRANTED: RECEIVED},
        EventType("RETURNED", _("Something stood in the way of the answer; it is being looked at once more.")),
        guards.may_take_back,
        DeskButton("take-back", _(
            "Stops making the answer, so that you can decide again. The history says so; the delay runs on."
        )))
    REFUSE = TransitionRule(
        _("Refuse"), {RECEIVED: REFUSED}, _REFUSED, guards.may_refuse,
        DeskButton("refuse", _(
            "Mails the person the ground and your reasons, with the CNIL and the court as remedies. Final."
        ), DeskForm.REFUSAL, sends_message=True))
    REFUSE_AS_PREPARED = TransitionRule(
        _("Refuse"), {RECEIVED: REFUSED}, _REFUSED, guards.may_refuse_as_prepared,
        DeskButton("refuse-as-prepared", _(
            "Mails the person the refusal just as it was submitted, with the CNIL and the court as remedies. Final."
        ), sends_message=True))
    EXTEND = TransitionRule(
        _("Extend the delay"), stay({RECEIVED}),
        EventType("EXTENDED", _("The delay was extended.")), guards.may_extend,
        DeskButton("extend", _(
            "Moves the last day to three months from receipt and tells the person your reasons. Once only."
        ), DeskForm.EXTENSION, sends_message=True))
    WRITE_MESSAGE = TransitionRule(  # by the person too
        _("Write a message"), stay(OPEN),
        EventType("MESSAGE_WRITTEN", _("A message was written.")), guards.always,
        DeskButton("write", _(
            "Puts a message on the request's page and mails the person that it is there."
        ), DeskForm.MESSAGE, sends_message=True))
    ANNOUNCE_LIFTING = TransitionRule(
        _("Announce the end of the restriction"), stay({ANSWERED}),
        EventType("LIFTING_ANNOUNCED", _("The end of the restriction was announced.")), guards.may_announce_lifting,
        DeskButton("announce", _(
            "Mails the person that, why and from when their data are used again. On that day the restriction ends."
        ), DeskForm.LIFTING, sends_message=True))
    END_OBJECTION = TransitionRule(
        _("End the objection, as the person asks"), stay({ANSWERED}),
        EventType("OBJECTION_ENDED", _("The objection was ended, as the person asked.")), guards.may_end_objection,
        DeskButton("end-objection", _(
            "Lets the uses that were stopped go on, and mails the person your words. Only where the person has asked "
            "for it. What was deleted does not come back."
        ), DeskForm.REASON, sends_message=True))
    ASSIGN_TO_ME = TransitionRule(
        _("Take it on myself"), stay(OPEN), _ASSIGNED, guards.is_another_assigned,
        DeskButton("take", _("Assigns the request to you. The person is not told.")))
    ASSIGN = TransitionRule(
        _("Assign, and set a target"), stay(OPEN), _ASSIGNED, guards.always,
        DeskButton("organise", _("Says who works on it and by when. The person is not told."), DeskForm.ASSIGNMENT))
    CLOSE = TransitionRule(
        _("Close without answer"), {RECEIVED: CLOSED},
        EventType("CLOSED", _("The request was closed without answer.")), guards.is_proof_awaited,
        DeskButton("close", _(
            "Closes the request because the proof of identity never came, and mails the person why."
        ), DeskForm.REASON, sends_message=True))
    REOPEN = TransitionRule(
        _("Reopen"), {CLOSED: RECEIVED}, EventType("REOPENED", _("The request was reopened.")), guards.always,
        DeskButton("reopen", _("Takes the request up again where it stood."), sends_message=True))

    # By a button too, and in every state: work that a decision does not end.
    MARK_POSTED = TransitionRule(
        _("Mark a letter as posted"), stay(RequestState),
        EventType("LETTER_POSTED", _("A letter was put in the post."), is_quiet=True), guards.has_letters_to_post,
        DeskButton("post", _(
            "Writes down that you printed the letter and put it in the post. Print it from the list below."
        ), DeskForm.LETTER_POSTED))
    NOTIFY_RECIPIENT = TransitionRule(
        _("Notify a recipient"), stay(RequestState),
        EventType("RECIPIENT_NOTIFIED", _(
            "It was written down whether a recipient of the data was told."
        ), STAFF, is_quiet=True), guards.has_recipients_to_notify,
        DeskButton("tell", _(
            "Writes down when and how a recipient was told, with the proof, or why that could not be done. Final."
        ), DeskForm.RECIPIENT_NOTIFICATION))
    ADD_NOTE = TransitionRule(
        _("Add an internal note"), stay(RequestState),
        EventType("NOTE_ADDED", _("An internal note was added."), STAFF, is_quiet=True), guards.always,
        DeskButton("note", _(
            "Adds a note for those who work on the request; it cannot be changed afterwards. The person does not see "
            "it here, but who asks for a copy of their data gets it: write what you would say to them."
        ), DeskForm.INTERNAL_NOTE))

    @property
    def label(self) -> str | Promise:
        return self.value.label

    @property
    def event(self) -> EventType:
        return self.value.event

    @property
    def button(self) -> DeskButton | None:
        return self.value.button


class Occurrence(Enum):
    """What happens to a request without a transition."""

    RECEIVED = EventType("RECEIVED", _("The request was received."))
    CONFIRMED = EventType("CONFIRMED", _("The e-mail address was confirmed."))
    STOPPED = EventType("STOPPED", _("What you objected to was stopped at once."))
    DOWNLOADED = EventType("DOWNLOADED", _("The answer was downloaded."), is_quiet=True)
    LINK_USED = EventType("LINK_USED", _("A mailed link was used."), is_quiet=True)

    @property
    def event(self) -> EventType:
        return self.value
# fmt: on


EVENT_TYPES = {each.event.code: each.event for each in (*Transition, *Occurrence)}
INTERNAL = frozenset(code for code, event in EVENT_TYPES.items() if event.audience == STAFF)
QUIET = frozenset(code for code, event in EVENT_TYPES.items() if event.is_quiet)


class IllegalTransitionError(Exception):
    """The table has no such transition from this state."""

    def __init__(self, state: str, transition: Transition) -> None:
        super().__init__(f"{transition.name} is not possible from {state}")


def is_legal(state: str, transition: Transition) -> bool:
    return state in transition.value.states


def target_state(state: str, transition: Transition) -> RequestState:
    """The state that a transition leads to. Raises IllegalTransitionError."""
    try:
        return transition.value.states[RequestState(state)]
    except KeyError:
        raise IllegalTransitionError(state, transition) from None


def legal_transitions(state: str) -> list[Transition]:
    return [transition for transition in Transition if is_legal(state, transition)]


def possible_transitions(state: str, facts: RequestFacts) -> list[Transition]:
    """The legal ones of which the guard holds."""
    return [transition for transition in legal_transitions(state) if transition.value.guard(facts)]
