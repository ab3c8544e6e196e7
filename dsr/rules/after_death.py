"""Whose turn it is after a death: first the instructions of the person, then their heirs (act 78-17, article 85)."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from dsr.rules.choices import GrowingChoices
from dsr.rules.rights import AT_ONCE, Right

# Without instructions: what settling the estate needs, and what closes or updates an account or stops a use.
HEIRS_MAY = frozenset(
    {Right.ACCESS, Right.RECTIFICATION, Right.ERASURE, Right.NO_PROSPECTING, Right.OBJECTION}
)


class Wish(GrowingChoices):
    """What becomes of somebody's data after their death."""

    KEEP = "KEEP", _("keep them as long as the policy says, and give them to nobody")
    ERASE = "ERASE", _("erase them")
    HAND_OVER = "HAND_OVER", _("hand a copy over to the person whom I name below")
    WITHDRAW = "WITHDRAW", _("no instructions any more: withdraw those that I recorded")


class Scope(GrowingChoices):
    """Particular instructions are recorded with each company, general ones concern all data (article 85, I)."""

    PARTICULAR = "PARTICULAR", _("the data that this company holds")
    GENERAL = "GENERAL", _("all my data, whoever holds them")


class Finding(GrowingChoices):
    """What the desk found when it looked the instructions of a dead person up."""

    NONE = "NONE", _("none are recorded: the heirs have what article 85 gives them")
    FOLLOWED = "FOLLOWED", _("they are recorded, and the answer follows them")
    EXCLUDED = "EXCLUDED", _("they are recorded, and exclude what is asked")


def may_grant(rights: Collection[str], finding: str) -> bool:
    """Whether ``rights`` can be granted to who asks for a dead person; never before the instructions were looked up."""
    allowed = {Finding.NONE: HEIRS_MAY, Finding.FOLLOWED: frozenset(Right), Finding.EXCLUDED: AT_ONCE}
    return finding in allowed and set(rights) <= allowed[Finding(finding)]
