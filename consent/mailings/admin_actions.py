"""The buttons of an e-mail campaign: each has an address of its own, which shows what will happen, and then does it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.mailings import mailings
from consent.mailings.models import Mailing
from consent.mailings.states import MailingTransition, possible

Act = Callable[..., Mailing]


def _start(number: int, *, now: datetime) -> Mailing:
    return mailings.schedule(number, at=now, now=now)


@dataclass(frozen=True)
class Button:
    """``act`` is called with the campaign's number and ``now``; where an hour is asked for, also with ``at``."""

    path: str
    transition: MailingTransition
    act: Act
    label: str | Promise
    consequence: str | Promise
    done: str | Promise
    asks_when: bool = False

    @property
    def url_name(self) -> str:
        return f"consent_mailing_{self.path}"

    @property
    def chooses_addresses(self) -> bool:
        """Whether it says to whom the mails go."""
        return self.transition is MailingTransition.SCHEDULE

    @property
    def sends(self) -> bool:
        """Whether e-mails leave by it, which needs that they are signed."""
        return self.transition in {MailingTransition.SCHEDULE, MailingTransition.RESUME}


BUTTONS = (
    Button(
        "start", MailingTransition.SCHEDULE, _start, _("Send now"),
        _("The e-mails begin to leave within a minute. The text cannot be changed any more."),
        _("The campaign starts within a minute."),
    ),
    Button(
        "schedule", MailingTransition.SCHEDULE, mailings.schedule, _("Schedule"),
        _("The e-mails leave from that hour on, to those who may be written to then."),
        _("The campaign is scheduled."), asks_when=True,
    ),
    Button(
        "unschedule", MailingTransition.UNSCHEDULE, mailings.unschedule, _("Back to draft"),
        _("Nothing is sent. The text can be changed again."), _("The campaign is a draft again."),
    ),
    Button(
        "pause", MailingTransition.PAUSE, mailings.pause, _("Pause"),
        _("No further e-mail leaves until somebody resumes the campaign."), _("The campaign is paused."),
    ),
    Button(
        "resume", MailingTransition.RESUME, mailings.resume, _("Resume"),
        _("The e-mails that wait begin to leave within a minute."), _("The campaign goes on."),
    ),
    Button(
        "cancel", MailingTransition.CANCEL, mailings.cancel, _("Cancel for good"),
        _("The e-mails that wait are never sent. What has left cannot be called back."),
        _("The campaign is cancelled."),
    ),
)  # fmt: skip


def available(mailing: Mailing) -> list[Button]:
    """What can be done with it now, whoever asks."""
    transitions = possible(mailing.state)
    return [button for button in BUTTONS if button.transition in transitions]
