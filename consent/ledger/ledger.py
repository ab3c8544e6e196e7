"""The consent ledger: one line for each answer, with the words shown (GDPR article 7(1)). Corrected by a new line."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from consent.cookies.choices_cookie import VALIDITY
from consent.ledger.models import TO_CONFIRM, ConsentEvent, ConsentTerm, Wording
from privacy.companies.models import own_company
from privacy.datamap.subjects import Subject, pseudonym
from privacy.journal import entries
from privacy.journal.entries import JournalEntry
from privacy.policy import publishing

ConsentKind = ConsentEvent.ConsentKind
Act = ConsentEvent.Act


@dataclass(frozen=True)
class Holder:
    """Who answers: a browser, by its receipt, or a person, by a normalised address. Exactly one of the two."""

    receipt: UUID | None = None
    email: str = ""


@dataclass(frozen=True)
class ConsentContext:
    """How the answer was given.

    An empty `policy_version` stands for the version in force, an empty `entity` (a SIREN) for the company of the site.
    """

    act: str
    words: str
    language: str
    page: str
    now: datetime
    policy_version: str = ""
    has_gpc: bool = False
    markup: str = ""
    """HTML of the words, where every visitor is asked the same question."""
    entity: str = ""


def grant(
    topic: str,
    *,
    holder: Holder,
    purpose: str,
    context: ConsentContext,
    valid_until: datetime | None = None,
) -> ConsentEvent:
    """`valid_until` None: until it is withdrawn."""
    return _add(
        ConsentKind.GRANT, topic, holder=holder, purpose=purpose, context=context, valid_until=valid_until
    )


def ask(topic: str, *, holder: Holder, purpose: str, context: ConsentContext) -> ConsentEvent:
    """Record that the owner of an address is asked to confirm: no yes yet. Left unconfirmed, the line is purged.

    It has a term of its own, since the answer that counts so far goes on.
    """
    term = ConsentTerm.objects.create(ended_at=context.now, confirm_by=TO_CONFIRM.after(context.now))
    event = _line(ConsentKind.ASK, topic, term=term, holder=holder, purpose=purpose, context=context)
    event.save()
    return event


def confirm(asked: ConsentEvent, *, now: datetime) -> ConsentEvent | None:
    """The yes to the very words of an asking, given from the mailbox; None where its time is over, or it was given."""
    with transaction.atomic():
        if not asked.term.confirm(now=now):
            return None
        term = _term(asked.topic, Holder(asked.receipt, asked.email), ends_at=None)
        given = _follow_up(asked, ConsentKind.GRANT, Act.LINK, now, term_id=term.pk, page=asked.page)
        given.save()
    return given


def refuse(
    topic: str,
    *,
    holder: Holder,
    purpose: str,
    context: ConsentContext,
    valid_until: datetime | None = None,
) -> ConsentEvent:
    """For a no where there was no yes before. `valid_until`: when the visitor may be asked again."""
    return _add(
        ConsentKind.REFUSE, topic, holder=holder, purpose=purpose, context=context, valid_until=valid_until
    )


def withdraw(
    topic: str,
    *,
    holder: Holder,
    purpose: str,
    context: ConsentContext,
    valid_until: datetime | None = None,
) -> ConsentEvent:
    """Also noted in the journal: a restored backup would know the yes alone (GDPR article 7(3))."""
    with transaction.atomic():
        event = _add(
            ConsentKind.WITHDRAW,
            topic,
            holder=holder,
            purpose=purpose,
            context=context,
            valid_until=valid_until,
        )
        until = (valid_until or context.now).isoformat()
        entries.note(
            "consent.withdrawn",
            [pseudonym("receipts", holder.receipt) if holder.receipt else pseudonym("emails", holder.email)],
            topic=topic, act=context.act, until=until, now=context.now,
        )  # fmt: skip
    return event


def replay_withdrawal(entry: JournalEntry, subject: Subject, *, now: datetime) -> int:
    """Withdraw again after a restore; does nothing where the last line is not a yes from before the withdrawal."""
    holders = [Holder(receipt=receipt) for receipt in subject.receipts]
    holders += [Holder(email=email) for email in subject.emails]
    with transaction.atomic():
        for holder in holders:
            last = _events_of(entry.facts["topic"], holder).select_related("term").last()
            if last is not None and last.kind == ConsentKind.GRANT and last.happened_at <= entry.at:
                until = datetime.fromisoformat(entry.facts["until"])
                last.term.end(until)
                _follow_up(last, ConsentKind.WITHDRAW, entry.facts["act"], entry.at, valid_until=until).save()
    return 0


def withdraw_by_gpc(topic: str, *, holder: Holder, page: str, now: datetime, valid_until: datetime) -> bool:
    """Record that Sec-GPC came after a yes. Returns False where that yes is no longer the last line.

    The wording is that of the yes: the signal has none of its own.
    """
    with transaction.atomic():
        last = _events_of(topic, holder).last()
        if last is None:
            return False
        # Several pages may be opened at once, and only one of them may add the line.
        ConsentTerm.objects.select_for_update().get(pk=last.term_id)
        last = _events_of(topic, holder).select_related("term").last()
        if last is None or last.kind != ConsentKind.GRANT:
            return False
        last.term.end(valid_until)
        facts = {"page": page[:200], "has_gpc": True, "policy_version": publishing.version_stamp()}
        _follow_up(last, ConsentKind.WITHDRAW, Act.GPC, now, valid_until=valid_until, **facts).save()
    return True


def events_of_browser(receipt: UUID | None, *, now: datetime) -> QuerySet[ConsentEvent]:
    """The lines about one browser, latest first; empty without a receipt."""
    rows: QuerySet[ConsentEvent] = ConsentEvent.objects.live(now).select_related("wording")
    return rows.filter(receipt=receipt) if receipt else rows.none()


def expire_due(*, now: datetime) -> int:
    """Add a line for each yes that is past its validity and that no line follows. Returns how many."""
    same_holder = Q(receipt=OuterRef("receipt")) | Q(receipt__isnull=True, email=OuterRef("email"))
    later = ConsentEvent.objects.answers().filter(same_holder, topic=OuterRef("topic"), id__gt=OuterRef("id"))
    over = ConsentEvent.objects.filter(~Exists(later), kind=ConsentKind.GRANT, valid_until__lte=now)
    return len(ConsentEvent.objects.bulk_create([_expiry(event, now) for event in over]))


def expire_grant(grant: ConsentEvent, *, now: datetime) -> None:
    """Record the end of a yes that had no end date."""
    with transaction.atomic():
        grant.term.end(now)
        _expiry(grant, now).save()


def delete_unused_terms() -> int:
    """Delete the terms that no line points to any more (their lines were purged). Returns how many."""
    lines = ConsentEvent.objects.filter(term=OuterRef("pk"))
    deleted, _by_model = ConsentTerm.objects.filter(~Exists(lines)).delete()
    return deleted


def archive_wording(text: str, *, language: str, now: datetime, markup: str = "") -> Wording:
    first = {"language": language, "text": text, "markup": markup, "first_shown_at": now}
    wording, _made = Wording.objects.get_or_create(sha256=Wording.hash_of(text), defaults=first)
    return wording


def _add(
    kind: str,
    topic: str,
    *,
    holder: Holder,
    purpose: str,
    context: ConsentContext,
    valid_until: datetime | None,
) -> ConsentEvent:
    term = _term(topic, holder, ends_at=_end(kind, holder, valid_until, context.now))
    event = _line(
        kind, topic, term=term, holder=holder, purpose=purpose, context=context, valid_until=valid_until
    )
    event.save()
    return event


def _line(
    kind: str,
    topic: str,
    *,
    term: ConsentTerm,
    holder: Holder,
    purpose: str,
    context: ConsentContext,
    valid_until: datetime | None = None,
) -> ConsentEvent:
    return ConsentEvent(
        term=term,
        happened_at=context.now,
        kind=kind,
        topic=topic,
        purpose=purpose,
        act=context.act,
        wording=archive_wording(
            context.words,
            language=context.language,
            now=context.now,
            markup=context.markup,
        ),
        language=context.language,
        page=context.page[:200],
        has_gpc=context.has_gpc,
        valid_until=valid_until,
        policy_version=context.policy_version or publishing.version_stamp(),
        entity=context.entity or own_company().siren,
        receipt=holder.receipt,
        email=holder.email,
    )


def _events_of(topic: str, holder: Holder) -> QuerySet[ConsentEvent]:
    """The earliest answer first."""
    rows: QuerySet[ConsentEvent] = ConsentEvent.objects.answers().filter(
        receipt=holder.receipt, email=holder.email, topic=topic
    )
    return rows.order_by("id")


def _term(topic: str, holder: Holder, *, ends_at: datetime | None) -> ConsentTerm:
    """The term shared by all answers about this topic and holder, with its new end."""
    last = _events_of(topic, holder).select_related("term").last()
    term: ConsentTerm = last.term if last else ConsentTerm()
    term.end(ends_at)
    return term


def _end(kind: str, holder: Holder, valid_until: datetime | None, now: datetime) -> datetime | None:
    """A person's yes may have no end; a browser forgets its choices after six months at the latest."""
    if valid_until or kind != ConsentKind.GRANT:
        return valid_until or now
    return None if holder.email else VALIDITY.after(now)


def _expiry(grant: ConsentEvent, now: datetime) -> ConsentEvent:
    return _follow_up(grant, ConsentKind.EXPIRE, Act.CLOCK, grant.valid_until or now)


def _follow_up(grant: ConsentEvent, kind: str, act: str, at: datetime, **facts: object) -> ConsentEvent:
    """A later line about the same matter, with the wording of the yes."""
    copied = {name: getattr(grant, name) for name in _COPIED_FIELDS}
    return ConsentEvent(kind=kind, act=act, happened_at=at, **(copied | facts))


_COPIED_FIELDS = (
    "term_id",
    "topic",
    "purpose",
    "wording_id",
    "language",
    "policy_version",
    "entity",
    "receipt",
    "email",
)
