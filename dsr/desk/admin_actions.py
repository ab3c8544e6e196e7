"""The deeds that the desk offers: for each a form, the function that does it, and what it will do in plain words."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dsr.answer import notifications, setbacks
from dsr.desk.admin_action import AdminAction
from dsr.desk.forms.base import (
    AssignmentForm,
    DecisionForm,
    LiftingForm,
    MessageActionForm,
    ReasonActionForm,
    RefusalForm,
    WithholdForm,
)
from dsr.desk.forms.correction import CorrectionForm
from dsr.desk.forms.identity import IdentityCheckForm
from dsr.desk.forms.mandate import MandateResubmissionForm
from dsr.desk.forms.notification import RecipientNotificationForm
from dsr.desk.forms.post import InternalNoteForm, LetterPostedForm
from dsr.identity import mandates, verification
from dsr.lifecycle import assignment, notes
from dsr.messages import letters
from dsr.requests.models import SubjectRequest
from dsr.review import approval, corrections, decisions, lift_restriction
from dsr.rules.states import Transition
from privacy.audit import trail

ADMIN_ACTIONS = (
    AdminAction(
        Transition.CHECK_IDENTITY,
        "check-identity",
        verification.check,
        _(
            "Writes down who was satisfied of the identity, when and by what. Copies sent through the site are "
            "destroyed; destroy any that came by letter."
        ),
        IdentityCheckForm,
    ),
    AdminAction(
        Transition.REQUEST_PROOF,
        "ask-identity",
        verification.request_proof,
        _("Mails the person your reasons for doubt and suspends the delay until the proof comes."),
        ReasonActionForm,
        sends_message=True,
    ),
    AdminAction(
        Transition.CHECK_MANDATE,
        "check-mandate",
        mandates.check,
        _(
            "Writes down who found the mandate good, and when. Objections that need no weighing are carried out. "
            "A mandate that is not good is a ground to refuse."
        ),
    ),
    AdminAction(
        Transition.RESUBMIT_MANDATE,
        "hand-in",
        mandates.resubmit,
        _("Adds the mandate that came by post, in the place of the one that was destroyed unchecked."),
        MandateResubmissionForm,
    ),
    AdminAction(
        Transition.DECIDE,
        "decide",
        decisions.decide,
        _(
            "Writes down what becomes of one right. Nothing is sent yet, and it can be decided anew until then."
        ),
        DecisionForm,
    ),
    AdminAction(
        Transition.CORRECT,
        "correct",
        corrections.correct,
        _(
            "Writes down one correction, today's value beside the wished one. Accepted, it is written with the answer."
        ),
        CorrectionForm,
    ),
    AdminAction(
        Transition.WITHHOLD,
        "reserve",
        decisions.withhold,
        _(
            "Keeps one kind of record back from a right that is otherwise granted; the answer names it and says why."
        ),
        WithholdForm,
    ),
    AdminAction(
        Transition.PREPARE,
        "prepare",
        approval.prepare,
        _("Lets a second person approve what was decided: only then can the answer leave."),
    ),
    AdminAction(
        Transition.PREPARE_REFUSAL,
        "prepare-refusal",
        approval.prepare_refusal,
        _("Lets a second person approve a refusal: in these words, and in no others, it can leave then."),
        RefusalForm,
    ),
    AdminAction(
        Transition.REVISE,
        "revise",
        approval.revise,
        _("Takes back what was submitted, so that it can be changed and submitted anew. Nothing is sent."),
    ),
    AdminAction(
        Transition.GRANT,
        "grant",
        decisions.grant,
        _(
            "Grants what was not decided otherwise, carries everything out, builds the package if one was asked for, "
            "and mails the answer. Final."
        ),
        task="dsr.answer.tasks.build_packages",
        sends_message=True,
    ),
    AdminAction(
        Transition.RETURN,
        "take-back",
        setbacks.take_back,
        _("Stops making the answer, so that you can decide again. The story says so; the delay runs on."),
    ),
    AdminAction(
        Transition.REFUSE,
        "refuse",
        decisions.refuse,
        _("Mails the person the ground and your reasons, with the CNIL and the court as remedies. Final."),
        RefusalForm,
        sends_message=True,
        is_available=lambda _subject_request: not settings.REQUESTS_FOUR_EYES,
    ),
    AdminAction(
        Transition.REFUSE,
        "refuse-as-prepared",
        decisions.refuse_as_prepared,
        _(
            "Mails the person the refusal just as it was submitted, with the CNIL and the court as remedies. Final."
        ),
        sends_message=True,
        is_available=lambda _subject_request: settings.REQUESTS_FOUR_EYES,
    ),
    AdminAction(
        Transition.EXTEND,
        "extend",
        decisions.extend,
        _("Moves the last day to three months from receipt and mails the person your reasons. Once only."),
        ReasonActionForm,
        sends_message=True,
    ),
    AdminAction(
        Transition.WRITE_MESSAGE,
        "write",
        decisions.write,
        _("Puts a message on the request's page and mails the person that it is there."),
        MessageActionForm,
        sends_message=True,
    ),
    AdminAction(
        Transition.ANNOUNCE_LIFTING,
        "announce",
        lift_restriction.announce,
        _(
            "Mails the person that, why and from when their data are used again. On that day the restriction ends."
        ),
        LiftingForm,
        sends_message=True,
    ),
    AdminAction(
        Transition.ASSIGN_TO_ME,
        "take",
        assignment.assign_to_me,
        _("Assigns the request to you. The person is not told."),
        is_available=lambda subject_request: subject_request.assignee != trail.actor(),
    ),
    AdminAction(
        Transition.ASSIGN,
        "organise",
        assignment.assign,
        _("Says who works on it and by when. The person is not told."),
        AssignmentForm,
    ),
    AdminAction(
        Transition.CLOSE,
        "close",
        decisions.close,
        _("Closes the request because the proof of identity never came, and mails the person why."),
        ReasonActionForm,
        sends_message=True,
    ),
    AdminAction(
        Transition.REOPEN,
        "reopen",
        decisions.reopen,
        _("Takes the request up again where it stood."),
        sends_message=True,
    ),
    AdminAction(
        Transition.MARK_POSTED,
        "post",
        letters.mark_posted,
        _("Writes down that you printed the letter and put it in the post. Print it from the list below."),
        LetterPostedForm,
        is_available=lambda subject_request: bool(subject_request.sent_letters.to_post()),
    ),
    AdminAction(
        Transition.NOTIFY_RECIPIENT,
        "tell",
        notifications.close,
        _(
            "Writes down when and how a recipient was told, with the proof, or why that could not be done. Final."
        ),
        RecipientNotificationForm,
        is_available=lambda subject_request: bool(subject_request.recipient_notifications.open()),
    ),
    AdminAction(
        Transition.ADD_NOTE,
        "note",
        notes.add,
        _(
            "Adds a note for those who work on the request; it cannot be changed afterwards. The person does not see "
            "it here, but who asks for a copy of their data gets it: write what you would say to them."
        ),
        InternalNoteForm,
    ),
)


def available(request: SubjectRequest, *, now: datetime) -> list[AdminAction]:
    """The deeds that the law and the state allow now, in the order of the desk."""
    transitions = decisions.possible_transitions(request, now=now)
    return [
        action
        for action in ADMIN_ACTIONS
        if action.transition in transitions and (not action.is_available or action.is_available(request))
    ]
