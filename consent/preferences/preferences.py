"""What the preferences page says of each group: accepted, refused or not answered, since when and until when. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime

from consent.cookies.choices_cookie import Answer, Decision, Standing
from consent.cookies.registry import Group, Register


@dataclass(frozen=True)
class Row:
    group: Group
    is_accepted: bool
    is_undecided: bool
    is_outweighed: bool
    """The browser's signal came after a yes, and counts in its place."""
    is_override: bool
    """A yes given after the browser's signal, which counts in the place of that."""
    decision: Decision | None

    @property
    def decided_at(self) -> datetime | None:
        return datetime.fromtimestamp(self.decision.at, UTC) if self.decision else None

    @property
    def valid_until(self) -> datetime | None:
        return datetime.fromtimestamp(self.decision.until, UTC) if self.decision else None


def rows(register: Register, standing: Standing, *, moment: float) -> list[Row]:
    return [_row(group, standing, moment) for group in register.groups]


def _row(group: Group, standing: Standing, moment: float) -> Row:
    decision = standing.choices.decisions.get(group.key)
    is_accepted = group.key in standing.accepted or not (group.is_asked or group.is_objectable)
    is_outweighed = group.key in standing.outweighed
    is_void = decision and decision.is_yes and not (is_accepted or is_outweighed)  # a yes to older words
    if decision and (decision.until <= moment or group.key in standing.undecided or is_void):
        decision = None
    answer = decision.answer if decision else None
    return Row(
        group=group,
        is_accepted=is_accepted,
        is_undecided=group.key in standing.undecided,
        is_outweighed=is_outweighed or answer is Answer.SIGNAL,
        is_override=answer is Answer.OVERRIDE,
        decision=decision,
    )
