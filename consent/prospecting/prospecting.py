"""Commercial mail: only with consent, and never again after a withdrawal (CPCE article L.34-5)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from consent.ledger import ledger, topics
from consent.ledger.ledger import Act, ConsentContext, Holder
from consent.ledger.models import ConsentEvent
from consent.prospecting.models import Prospect, Suppression, agreed_to_text_in_force
from consent.undeliverable import undeliverable
from privacy.companies.models import own_company
from privacy.datamap import subjects
from privacy.datamap.declarations import Purpose
from privacy.datamap.subjects import Subject
from privacy.datamap.usable import usable
from privacy.journal import entries
from privacy.journal.entries import JournalEntry
from privacy.policy import publishing

TIME_TO_CONFIRM = timedelta(days=30)
"""A yes given less than this ago may still become a prospect."""
SAME_OBJECTION = timedelta(days=1)
"""Whoever presses the same link again within this time has said nothing new."""


def opt_in(
    *,
    email: str,
    sentence: str,
    language: str,
    page: str,
    now: datetime,
    policy_version: str = "",
    entity: str = "",
    act: str = Act.BOX,
) -> None:
    """Record the consent given with this sentence, and keep the address as a prospect.

    `entity` is the company that the sentence names (see `ConsentContext`). `email` is normalised. A suppressed address
    stays suppressed: somebody else may have typed it here, so nothing but the line in the ledger is written until its
    owner confirms from their own mailbox.
    """
    context = ConsentContext(act, sentence, language, page, now, policy_version, entity=entity)
    with transaction.atomic():
        given = ledger.grant(
            topics.PROSPECTING,
            holder=Holder(email=email),
            purpose=Purpose.PROSPECTS,
            context=context,
        )
        if not is_suppressed(email):
            _list(given, now)


def agree(
    *, email: str, sentence: str, language: str, page: str, now: datetime, policy_version: str, entity: str
) -> None:
    """The same of somebody who is signed in under the address, which is confirmed: it ends their own objection."""
    with transaction.atomic():
        Suppression.objects.filter(fingerprint=subjects.fingerprint(email)).delete()
        opt_in(
            email=email, sentence=sentence, language=language, page=page, now=now, policy_version=policy_version,
            entity=entity, act=Act.MY_DATA,
        )  # fmt: skip


def withdraw(*, email: str, act: str, words: str, language: str, page: str, now: datetime) -> None:
    """Works for an unknown address too, and does not reveal which it was."""
    with transaction.atomic():
        prospect = Prospect.objects.select_for_update().filter(email=email).first()
        if prospect:
            prospect.delete()
            context = ConsentContext(
                act, words, language, page, now, publishing.version_stamp(), entity=prospect.entity
            )
            ledger.withdraw(
                topics.PROSPECTING,
                holder=Holder(email=email),
                purpose=Purpose.PROSPECTS,
                context=context,
            )
        suppress(email, now=now)


def suppress(email: str, *, now: datetime) -> None:
    """The entry outlives erasure and, by the journal, a restored backup. Saying no again begins its period anew."""
    who = subjects.fingerprint(email)
    with transaction.atomic():
        if not Suppression.objects.filter(fingerprint=who, added_at__gt=now - SAME_OBJECTION).exists():
            Suppression.objects.update_or_create(fingerprint=who, defaults={"added_at": now})
            entries.note("consent.suppressed", [who], now=now)


def replay_suppression(entry: JournalEntry, subject: Subject, *, now: datetime) -> int:
    """Suppress again after a restore, which may have brought the prospect back. Returns how many were deleted.

    Who agreed later, signed in, is a prospect since then.
    """
    prospects = Prospect.objects.filter(email__in=subject.emails)
    agreed_later = prospects.filter(last_contact_at__gt=entry.at).values_list("email", flat=True)
    with transaction.atomic():
        for who in set(entry.facts["who"]) - set(map(subjects.fingerprint, agreed_later)):
            Suppression.objects.update_or_create(fingerprint=who, defaults={"added_at": entry.at})
        deleted, _by_model = prospects.filter(last_contact_at__lte=entry.at).delete()
    return deleted


def is_suppressed(email: str) -> bool:
    return Suppression.objects.filter(fingerprint=subjects.fingerprint(email)).exists()


def may_write(email: str, *, entity: str = "", now: datetime) -> bool:
    """Whether a commercial message of this company (see `ConsentContext`) may be sent to this address now.

    Not on a yes to an earlier text about this purpose: a form may ask again, a message may not.
    """
    found = listed(email, now=now)
    if found is None or undeliverable.is_stopped(email):
        return False
    return found.entity == (entity or own_company().siren) and not is_suppressed(email)


def listed(email: str, *, now: datetime) -> Prospect | None:
    """The prospect with this address, of whichever company, where the last yes was to the text in force."""
    found: Prospect | None = (
        usable(Prospect.objects.filter(agreed_to_text_in_force()), now).filter(email=email).first()
    )
    return found


def _list(given: ConsentEvent, now: datetime) -> None:
    """Keep or renew the prospect behind a yes, for the company that it was given to."""
    facts = {
        "last_contact_at": now,
        "language": given.language,
        "entity": given.entity,
        "policy_version": int(given.policy_version) if given.policy_version else None,
    }
    prospect, is_new = Prospect.objects.select_for_update().get_or_create(
        email=given.email, defaults={**facts, "agreed_at": now}
    )
    if not is_new:
        agreed_at = prospect.agreed_at if prospect.entity == given.entity else now
        Prospect.objects.filter(pk=prospect.pk).update(**facts, agreed_at=agreed_at)


def expire_inactive(*, now: datetime) -> int:
    """Expire each yes whose owner is no longer a prospect (silent for three years). Returns how many."""
    prospects = Prospect.objects.live(now).filter(email=OuterRef("email"))
    running = ConsentEvent.objects.filter(
        topic=topics.PROSPECTING, kind=ledger.ConsentKind.GRANT, term__ended_at__isnull=True
    )
    over = running.filter(~Exists(prospects), happened_at__lte=now - TIME_TO_CONFIRM).order_by("term", "-id")
    lapsed = list(over.distinct("term").select_related("term"))
    for grant in lapsed:
        ledger.expire_grant(grant, now=now)
    return len(lapsed)
