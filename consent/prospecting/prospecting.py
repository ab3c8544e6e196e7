"""Commercial mail: only with consent, and never again after a withdrawal (CPCE article L.34-5)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import translation

from consent.ledger import ledger, topics
from consent.ledger.ledger import Act, ConsentContext, Holder
from consent.ledger.models import TO_CONFIRM, ConsentEvent
from consent.prospecting import spellings
from consent.prospecting.models import Prospect, Suppression, allowed
from consent.undeliverable import undeliverable
from privacy.companies.models import own_company
from privacy.datamap.declarations import Purpose
from privacy.datamap.subjects import Subject
from privacy.datamap.usable import usable
from privacy.journal import entries
from privacy.journal.entries import JournalEntry
from privacy.mail import outbox
from privacy.policy import publishing
from privacy.web import locks, signed_links
from privacy.web.rate_limits import RateLimit

SAME_OBJECTION = timedelta(days=1)
"""Whoever presses the same link again within this time has said nothing new."""
CONFIRM: Final = "prospecting-confirm"
"""The kind of the mailed link."""
ASKINGS: Final = RateLimit("consent.prospecting.mailbox", 3, timedelta(hours=1))
"""Anybody can type somebody else's address. Over the limit nothing is sent: an earlier link still works."""


class StoppedSinceError(Exception):
    """The person asked us to stop after they were asked to confirm: that is their last word."""


@dataclass(frozen=True)
class Confirmation:
    """``is_new`` is false where the button had been pressed before."""

    email: str
    is_new: bool


def ask(
    *,
    email: str,
    sentence: str,
    language: str,
    page: str,
    now: datetime,
    policy_version: str = "",
    entity: str = "",
    source: str = "",
) -> ConsentEvent | None:
    """Mail the question whether the owner of the address agrees with this sentence; until they do, nobody is listed.

    The same for every address, known, unknown or suppressed. `entity` is the company that the sentence names (see
    `ConsentContext`), `email` is normalised. `source`: where we have the address from, when it was not typed on our
    site (GDPR article 14(2)(f)). None where no mail may go to this mailbox now; then nothing was written.
    """
    act = Act.IMPORT if source else Act.BOX
    context = ConsentContext(act, sentence, language, page, now, policy_version, entity=entity)
    with transaction.atomic():
        if not ASKINGS.take(spellings.same_mailbox(email), now=now):
            return None
        asked = ledger.ask(
            topics.PROSPECTING, holder=Holder(email=email), purpose=Purpose.PROSPECTS, context=context
        )
        _mail_question(asked, source, now)
    return asked


def find_asking(token: str, *, now: datetime) -> ConsentEvent:
    """The asking behind a mailed link. Raises `signed_links.BadLinkError`."""
    record = signed_links.read(CONFIRM, token, now=now)
    found: ConsentEvent | None = ConsentEvent.objects.askings().live(now).filter(record=record).first()
    if found is None:
        raise signed_links.BadLinkError
    return found


def confirm(token: str, *, now: datetime) -> Confirmation:
    """The owner of the mailbox says yes to the words of the asking. Raises as `find_asking` and `confirm_asking`."""
    asked = find_asking(token, now=now)
    return Confirmation(asked.email, is_new=confirm_asking(asked, now=now))


def confirm_asking(asked: ConsentEvent, *, now: datetime) -> bool:
    """List or renew the prospect, and end an objection from before the asking. False where it was confirmed before.

    Raises :class:`StoppedSinceError`, and `signed_links.BadLinkError` where the asking was erased a moment ago.
    """
    with transaction.atomic():
        locks.hold_mailboxes(spellings.fingerprints(asked.email))
        if not ConsentEvent.objects.filter(pk=asked.pk).exists():
            raise signed_links.BadLinkError
        given = ledger.confirm(asked, now=now)
        if given is None:
            return False
        objections = _suppressions(asked.email)
        if objections.filter(added_at__gte=asked.happened_at).exists():
            raise StoppedSinceError
        objections.filter(added_at__lt=asked.happened_at).delete()
        _list(given, now)
    return True


def agree(
    *,
    email: str,
    sentence: str,
    language: str,
    page: str,
    now: datetime,
    policy_version: str,
    entity: str,
    act: str = Act.MY_DATA,
) -> bool:
    """A yes of somebody whose mailbox is proven, by an account of theirs: no mail asks again.

    Does nothing where they said stop meanwhile, from elsewhere, and returns False.
    """
    context = ConsentContext(act, sentence, language, page, now, policy_version, entity=entity)
    with transaction.atomic():
        locks.hold_mailboxes(spellings.fingerprints(email))
        objections = _suppressions(email)
        if objections.filter(added_at__gt=now).exists():
            return False
        given = ledger.grant(
            topics.PROSPECTING, holder=Holder(email=email), purpose=Purpose.PROSPECTS, context=context
        )
        objections.filter(added_at__lte=now).delete()
        _list(given, now)
    return True


def withdraw(*, email: str, act: str, words: str, language: str, page: str, now: datetime) -> None:
    """Works for an unknown address too, and does not reveal which it was. For each spelling of the mailbox."""
    with transaction.atomic():
        locks.hold_mailboxes(spellings.fingerprints(email))
        same = Q(mailbox=spellings.mailbox_fingerprint(email)) | Q(email=email)
        for prospect in Prospect.objects.select_for_update().filter(same):
            context = ConsentContext(
                act, words, language, page, now, publishing.version_stamp(), entity=prospect.entity
            )
            ledger.withdraw(
                topics.PROSPECTING,
                holder=Holder(email=prospect.email),
                purpose=Purpose.PROSPECTS,
                context=context,
            )
            prospect.delete()
        suppress(email, now=now)


def suppress(email: str, *, now: datetime) -> None:
    """The entries outlive erasure and, by the journal, a restored backup. Saying no again begins their period anew.

    One for the mailbox, and one for the address where it is spelt otherwise: by that its owner finds it.
    """
    wanted = spellings.fingerprints(email)
    with transaction.atomic():
        locks.hold_mailboxes(wanted)
        recent = Suppression.objects.filter(fingerprint__in=wanted, added_at__gt=now - SAME_OBJECTION)
        is_said_again = recent.count() == len(wanted) and not _is_asked(email, now)
        _suppress(wanted, now)
        if not is_said_again:
            entries.note("consent.suppressed", sorted(wanted), now=now)


def replay_suppression(entry: JournalEntry, subject: Subject, *, now: datetime) -> int:
    """Suppress again after a restore, which may have brought the prospect back. Returns how many were deleted.

    Who confirmed later is a prospect since then.
    """
    who = set(entry.facts["who"])
    prospects = Prospect.objects.filter(
        Q(email__in=subject.emails) | Q(mailbox__in=who) | Q(fingerprint__in=who)
    )
    agreed_later = prospects.filter(confirmed_at__gt=entry.at)
    with transaction.atomic():
        locks.hold_mailboxes(who)
        _suppress(who - {each for row in agreed_later for each in (row.fingerprint, row.mailbox)}, entry.at)
        deleted, _by_model = prospects.exclude(pk__in=agreed_later.values("pk")).delete()
    return deleted


def is_suppressed(email: str) -> bool:
    """In whichever spelling of the mailbox it was stopped."""
    return _suppressions(email).exists()


def may_write(email: str, *, entity: str = "", now: datetime) -> bool:
    """Whether a commercial message of this company (see `ConsentContext`) may be sent to this address now.

    Not on a yes to an earlier text about this purpose: a form may ask again, a message may not.
    """
    writable = Prospect.objects.writable(entity=entity or own_company().siren, now=now)
    return bool(writable.filter(email=email).exists())


def listed(email: str, *, now: datetime) -> Prospect | None:
    """The prospect with this address, of whichever company, who may be written to."""
    found: Prospect | None = usable(Prospect.objects.filter(allowed()), now).filter(email=email).first()
    return found


def _suppressions(email: str) -> QuerySet[Suppression]:
    rows: QuerySet[Suppression] = Suppression.objects.filter(fingerprint__in=spellings.fingerprints(email))
    return rows


def _suppress(fingerprints: Collection[str], at: datetime) -> None:
    """Of two objections the later one counts, whichever comes here last."""
    for who in sorted(fingerprints):
        found, is_new = Suppression.objects.get_or_create(fingerprint=who, defaults={"added_at": at})
        if not is_new and found.added_at < at:
            Suppression.objects.filter(pk=found.pk).update(added_at=at)


def _is_asked(email: str, now: datetime) -> bool:
    """Whether a question can still be answered with yes: then each stop is a new one."""
    askings = ConsentEvent.objects.askings().live(now).filter(topic=topics.PROSPECTING, email=email)
    return bool(askings.filter(term__confirm_by__isnull=False).exists())


def _mail_question(asked: ConsentEvent, source: str, now: datetime) -> None:
    until = TO_CONFIRM.after(now)
    token = signed_links.sign(CONFIRM, str(asked.record), until=until)
    with translation.override(asked.language):
        link = signed_links.absolute(reverse("consent:mail-confirm-link", args=[token]))
    outbox.send(
        "prospect_confirm",
        to=asked.email,
        language=asked.language,
        context={
            "link": link,
            "until": until,
            "sentence": asked.wording.text,
            "company": asked.get_entity_display(),
            "source": source,
        },
        now=now,
    )


def _list(given: ConsentEvent, now: datetime) -> None:
    """Keep or renew the prospect behind a proven yes, for the company that it was given to."""
    undeliverable.lift(given.email)
    facts = {
        "last_contact_at": now,
        "confirmed_at": now,
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
    over = running.filter(~Exists(prospects)).order_by("term", "-id")
    lapsed = list(over.distinct("term").select_related("term"))
    for grant in lapsed:
        ledger.expire_grant(grant, now=now)
    return len(lapsed)
