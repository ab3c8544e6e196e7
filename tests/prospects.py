"""Prospects for tests: somebody ticked the box and confirmed from their mailbox."""

from datetime import datetime

from consent.ledger import ledger, topics
from consent.ledger.ledger import Act, ConsentContext, Holder
from consent.prospecting import prospecting
from privacy.datamap.declarations import Purpose


def confirmed(
    *, email: str, sentence: str = "Write to me", language: str = "en", page: str = "/", now: datetime,
    policy_version: str = "", entity: str = "",
) -> None:  # fmt: skip
    """As often as a test likes: no limit by mailbox, and no mail."""
    context = ConsentContext(Act.BOX, sentence, language, page, now, policy_version, entity=entity)
    asked = ledger.ask(
        topics.PROSPECTING, holder=Holder(email=email), purpose=Purpose.PROSPECTS, context=context
    )
    assert prospecting.confirm_asking(asked, now=now)
