"""The deeds that the desk offers: for each a form, the function that does it, and what it will do in plain words."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dsr.answer import recipients, setbacks
from dsr.desk.action import Verb
from dsr.desk.forms.base import (
    AnnounceForm,
    DecideForm,
    MessageForm,
    OrganiseForm,
    ReasonForm,
    RefusalForm,
    ReserveForm,
)
from dsr.desk.forms.correction import CorrectForm
from dsr.desk.forms.identity import CheckForm
from dsr.desk.forms.mandate import HandInForm
from dsr.desk.forms.notification import TellForm
from dsr.desk.forms.post import NoteForm, PostForm
from dsr.identity import mandates, verification
from dsr.lifecycle import assignment, notes
from dsr.messages import letters
from dsr.requests.models import SubjectRequest
from dsr.review import approval, corrections, decisions, lift_restriction
from dsr.rules.states import Move
from privacy.audit import trail

VERBS = (
    Verb(
        Move.CHECK_IDENTITY,
        "check-identity",
        verification.check,
        _(
            "Writes down who was satisfied of the identity, when and by what. Copies sent through the site are "
            "destroyed; destroy any that came by letter."
        ),
        CheckForm,
    ),
    Verb(
        Move.ASK_IDENTITY,
        "ask-identity",
        verification.ask,
        _("Mails the person your reasons for doubt and suspends the delay until the proof comes."),
        ReasonForm,
        writes=True,
    ),
    Verb(
        Move.CHECK_MANDATE,
        "check-mandate",
        mandates.check,
        _(
            "Writes down who found the mandate good, and when. Objections that need no weighing are carried out. "
            "A mandate that is not good is a ground to refuse."
        ),
    ),
    Verb(
        Move.HAND_IN,
        "hand-in",
        mandates.hand_in,
        _("Adds the mandate that came by post, in the place of the one that was destroyed unchecked."),
        HandInForm,
    ),
    Verb(
        Move.DECIDE,
        "decide",
        decisions.decide,
        _(
            "Writes down what becomes of one right. Nothing is sent yet, and it can be decided anew until then."
        ),
        DecideForm,
    ),
    Verb(
        Move.CORRECT,
        "correct",
        corrections.correct,
        _(
            "Writes down one correction, today's value beside the wished one. Accepted, it is written with the answer."
        ),
        CorrectForm,
    ),
    Verb(
        Move.RESERVE,
        "reserve",
        decisions.reserve,
        _(
            "Keeps one kind of record back from a right that is otherwise granted; the answer names it and says why."
        ),
        ReserveForm,
    ),
    Verb(
        Move.PREPARE,
        "prepare",
        approval.prepare,
        _("Lets a second person approve what was decided: only then can the answer leave."),
    ),
    Verb(
        Move.PREPARE_REFUSAL,
        "prepare-refusal",
        approval.prepare_refusal,
        _("Lets a second person approve a refusal: in these words, and in no others, it can leave then."),
        RefusalForm,
    ),
    Verb(
        Move.REVISE,
        "revise",
        approval.take_back,
        _("Takes back what was submitted, so that it can be changed and submitted anew. Nothing is sent."),
    ),
    Verb(
        Move.GRANT,
        "grant",
        decisions.grant,
        _(
            "Grants what was not decided otherwise, carries everything out, builds the package if one was asked for, "
            "and mails the answer. Final."
        ),
        wakes="dsr.answer.tasks.build_packages",
        writes=True,
    ),
    Verb(
        Move.RETURN,
        "take-back",
        setbacks.take_back,
        _("Stops making the answer, so that you can decide again. The story says so; the delay runs on."),
    ),
    Verb(
        Move.REFUSE,
        "refuse",
        decisions.refuse,
        _("Mails the person the ground and your reasons, with the CNIL and the court as remedies. Final."),
        RefusalForm,
        writes=True,
        applies=lambda _asked: not settings.REQUESTS_FOUR_EYES,
    ),
    Verb(
        Move.REFUSE,
        "refuse-as-prepared",
        decisions.refuse_as_prepared,
        _(
            "Mails the person the refusal just as it was submitted, with the CNIL and the court as remedies. Final."
        ),
        writes=True,
        applies=lambda _asked: settings.REQUESTS_FOUR_EYES,
    ),
    Verb(
        Move.EXTEND,
        "extend",
        decisions.extend,
        _("Moves the last day to three months from receipt and mails the person your reasons. Once only."),
        ReasonForm,
        writes=True,
    ),
    Verb(
        Move.WRITE,
        "write",
        decisions.write,
        _("Puts a message on the request's page and mails the person that it is there."),
        MessageForm,
        writes=True,
    ),
    Verb(
        Move.ANNOUNCE,
        "announce",
        lift_restriction.announce,
        _(
            "Mails the person that, why and from when their data are used again. On that day the restriction ends."
        ),
        AnnounceForm,
        writes=True,
    ),
    Verb(
        Move.TAKE,
        "take",
        assignment.take,
        _("Assigns the request to you. The person is not told."),
        applies=lambda asked: asked.assignee != trail.actor(),
    ),
    Verb(
        Move.ORGANISE,
        "organise",
        assignment.organise,
        _("Says who works on it and by when. The person is not told."),
        OrganiseForm,
    ),
    Verb(
        Move.CLOSE,
        "close",
        decisions.close,
        _("Closes the request because the proof of identity never came, and mails the person why."),
        ReasonForm,
        writes=True,
    ),
    Verb(
        Move.REOPEN, "reopen", decisions.reopen, _("Takes the request up again where it stood."), writes=True
    ),
    Verb(
        Move.POST,
        "post",
        letters.posted,
        _("Writes down that you printed the letter and put it in the post. Print it from the list below."),
        PostForm,
        applies=lambda asked: bool(asked.sent_letters.to_post()),
    ),
    Verb(
        Move.TELL,
        "tell",
        recipients.close,
        _(
            "Writes down when and how a recipient was told, with the proof, or why that could not be done. Final."
        ),
        TellForm,
        applies=lambda asked: bool(asked.tellings.open()),
    ),
    Verb(
        Move.NOTE,
        "note",
        notes.add,
        _(
            "Adds a note for those who work on the request; it cannot be changed afterwards. The person does not see "
            "it here, but who asks for a copy of their data gets it: write what you would say to them."
        ),
        NoteForm,
    ),
)


def possible(request: SubjectRequest, *, now: datetime) -> list[Verb]:
    """The deeds that the law and the state allow now, in the order of the desk."""
    moves = decisions.possible_moves(request, now=now)
    return [verb for verb in VERBS if verb.move in moves and (not verb.applies or verb.applies(request))]
