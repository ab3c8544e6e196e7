"""Why an action that was offered a moment ago may no longer be possible."""

from dsr.after_death import instructions
from dsr.answer import notifications
from dsr.identity import mandates, verification
from dsr.messages import letters
from dsr.requests.item_models import RequestItem
from dsr.review import approval, decisions, end_objection, lift_restriction
from dsr.rules import deadlines, rights, transitions
from privacy.rights import rectification, restriction

TOO_LATE = (
    transitions.IllegalTransitionError,
    deadlines.LateExtensionError,
    deadlines.LateSuspensionError,
    verification.ProofDateError,
    decisions.IdentityUncheckedError,
    mandates.MandateNotWantedError,
    mandates.MandateUncheckedError,
    mandates.ChildDecidesAloneError,
    instructions.InstructionsFoundError,
    instructions.NotOfDeadError,
    decisions.InstructionsUnreadError,
    decisions.UndecidedRightError,
    decisions.NoUseError,
    rights.UnfitGroundError,
    approval.SecondPersonNeededError,
    RequestItem.DoesNotExist,
    lift_restriction.LiftingTooSoonError,
    lift_restriction.NotRestrictedError,
    letters.NothingToPostError,
    letters.PostingDateError,
    rectification.RectificationError,
    restriction.NoAddressError,
    end_objection.NoObjectionError,
    notifications.NotificationClosedError,
    notifications.NotificationDateError,
)
