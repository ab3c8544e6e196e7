"""Why a deed that was offered a moment ago may no longer be possible."""

from dsr import (
    approval,
    correspondence,
    deadlines,
    identity,
    lifting,
    mandates,
    review,
    states,
    telling,
)
from dsr.models import RequestItem
from privacy import rectification, restriction

TOO_LATE = (
    states.IllegalMove,
    deadlines.LateExtension,
    deadlines.LateSuspension,
    identity.WrongDay,
    review.IdentityUnchecked,
    mandates.NotWanted,
    mandates.Unchecked,
    review.Undecided,
    approval.SecondPersonNeeded,
    RequestItem.DoesNotExist,
    lifting.TooSoon,
    lifting.NotRestricted,
    correspondence.NothingToPost,
    correspondence.WrongDay,
    rectification.CannotRectify,
    restriction.NobodyKnown,
    telling.AlreadyClosed,
    telling.WrongDay,
)
