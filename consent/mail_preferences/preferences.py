"""What somebody settles about our commercial messages, from a link in any of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from consent.ledger import topics
from consent.ledger.ledger import Act
from consent.ledger.models import ConsentEvent
from consent.mail_preferences import links
from consent.notices.models import Topic
from consent.prospecting import prospecting, spellings
from consent.prospecting.models import Prospect
from privacy.mail import outbox, task_queue
from privacy.web.rate_limits import RateLimit

LINKS: Final = RateLimit("consent.mail_preferences.mailbox", 3, timedelta(hours=1))
PAGE: Final = "/privacy/mail/"
LINES: Final = 20


@dataclass(frozen=True)
class MailPreferences:
    """``prospect`` is None where no commercial message may go to the address."""

    prospect: Prospect | None
    lines: list[ConsentEvent]
    """What the ledger has of it, latest first."""

    @property
    def wanted(self) -> list[Topic]:
        declined = self.prospect.declined_topics if self.prospect else []
        return [topic for topic in Topic if topic.value not in declined]


def of(email: str, *, now: datetime) -> MailPreferences:
    lines = ConsentEvent.objects.live(now).filter(topic=topics.PROSPECTING, email=email)
    shown = lines.select_related("wording", "term").order_by("-id")[:LINES]
    return MailPreferences(prospecting.listed(email, now=now), list(shown))


def save(email: str, *, wanted: Collection[str], language: str, now: datetime) -> None:
    """Does nothing for an address that is not listed."""
    declined = [topic.value for topic in Topic if topic.value not in wanted]
    with transaction.atomic():
        Prospect.objects.filter(email=email).update(declined_topics=declined, language=language)
        Prospect.reached(email, now)


def stop(email: str, *, words: str, language: str, now: datetime) -> None:
    """No further commercial message: also for an address that is not listed. `words`: of the button."""
    prospecting.withdraw(email=email, act=Act.LINK, words=words, language=language, page=PAGE, now=now)
    task_queue.enqueue("consent.mailings.tasks.count_stops")


def mail_link(email: str, *, language: str, now: datetime) -> None:
    """The same mail to every address, known or not. `email` is normalised."""
    with transaction.atomic():
        if LINKS.take(spellings.same_mailbox(email), now=now):
            outbox.send(
                "mail_preferences_link",
                to=email,
                language=language,
                context={"link": links.preferences(email, language=language)},
                now=now,
            )
