"""Why a deed that was offered a moment ago may no longer be possible."""

from dsr.answer import recipients
from dsr.identity import mandates, verification
from dsr.messages import letters
from dsr.requests.item_models import RequestItem
from dsr.review import approval, decisions, lift_restriction
from dsr.rules import deadlines, states
from privacy.rights import rectification, restriction

TOO_LATE = (
    states.IllegalMove,
    deadlines.LateExtension,
    deadlines.LateSuspension,
    verification.WrongDay,
    decisions.IdentityUnchecked,
    mandates.NotWanted,
    mandates.Unchecked,
    decisions.Undecided,
    approval.SecondPersonNeeded,
    RequestItem.DoesNotExist,
    lift_restriction.TooSoon,
    lift_restriction.NotRestricted,
    letters.NothingToPost,
    letters.WrongDay,
    rectification.RectificationError,
    restriction.NoAddressError,
    recipients.AlreadyClosed,
    recipients.WrongDay,
)
