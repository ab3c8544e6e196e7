"""What is said about an enquiry after it came: replies, messages that are noted, and what the desk does with it."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, TypedDict

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils import translation

from privacy.audit import trail
from privacy.companies.collecting import CollectionFacts
from privacy.companies.models import Entity, own_company
from privacy.datamap import subjects
from privacy.datamap.periods import CALENDAR
from privacy.datamap.usable import usable
from privacy.files import fields, storage
from privacy.files.models import Draft, StoredFile
from privacy.files.uploads import CheckedDocument
from privacy.mail import outbox
from privacy.mail.models import Mail
from privacy.web import signed_links
from softnlabs.website.enquiries import states
from softnlabs.website.enquiries.models import Enquiry, EnquiryAttachment, EnquiryMessage, ReplyTemplate
from softnlabs.website.enquiries.states import EnquiryState, Transition

MOST_AT_ONCE = 200  # enquiries closed or opened again by one press
MAY_ANSWER = "website.change_enquiry"
IN, OUT = EnquiryMessage.Direction.IN, EnquiryMessage.Direction.OUT
Documents = Sequence[CheckedDocument | Draft]


class ContactDayError(ValueError):
    """No contact is noted for a day before the enquiry came, nor for one that is still to come."""


class ChangedMeanwhileError(RuntimeError):
    """A message was added after the page was shown to whoever acts now."""


class KnownMessageError(RuntimeError):
    """This e-mail stands in the conversation already."""


class NotAllowedError(ValueError):
    """Whoever was chosen may not answer enquiries."""


class Sender(TypedDict):
    """Who wrote an e-mail that begins an enquiry. ``email`` is normalised."""

    first_name: str
    surname: str
    email: str
    language: str


@dataclass(frozen=True)
class Contact:
    """A message that went or came by another way than the desk. ``key`` is that of an e-mail (:mod:`.inbound`)."""

    direction: EnquiryMessage.Direction
    channel: EnquiryMessage.Channel
    text: str
    subject: str = ""
    key: str = ""
    documents: Documents = ()


def reply(
    enquiry: Enquiry, *, subject: str, text: str, documents: Documents = (), seen: int, now: datetime
) -> EnquiryMessage:
    """Write to the person, through the outbox. ``seen``: the key of the last message that the writer was shown.

    Raises :class:`ChangedMeanwhileError`, :class:`privacy.files.drafts.DraftGoneError`, and :class:`OSError` when the
    disk refuses a file. The same reply sent again at once is one.
    """
    with transaction.atomic():
        if twin := _newer_than(_locked(enquiry.pk), seen, subject, text):
            return twin
        with _changing(enquiry.pk, Transition.ANSWER, now) as locked:
            is_first = is_first_reply(locked)
            message = _add(locked, Contact(OUT, EnquiryMessage.Channel.EMAIL, text, subject), now)
            files = _attach(message, documents, now)
            message.mail = _send(locked, message, files, is_first=is_first, now=now)
            message.save(update_fields=["mail"])
    return message


def note(
    enquiry: Enquiry, contact: Contact, *, on: date | None = None, at: datetime | None = None, now: datetime
) -> EnquiryMessage:
    """Record what went or came ``on`` a day, today if None: the period counts from it. ``at`` is its instant, if known.

    Raises :class:`ContactDayError`, :class:`KnownMessageError`, :class:`privacy.files.drafts.DraftGoneError`.
    """
    instant = _instant_of(on, at, enquiry, now) if on else now
    with transaction.atomic():
        locked = _locked(enquiry.pk)
        if contact.key and locked.messages.filter(message_key=contact.key).exists():
            raise KnownMessageError
        transition = _noted(locked, contact.direction, instant)
        facts = {"kind": contact.channel.value, "contact_at": instant.isoformat()}
        with _changing(enquiry.pk, transition, now, **facts):
            message = _add(locked, contact, instant)
            _attach(message, contact.documents, now)
    return message


def begin(
    sender: Sender,
    contact: Contact,
    *,
    collection: CollectionFacts,
    on: date,
    at: datetime | None,
    now: datetime,
) -> Enquiry:
    """An e-mail that belongs to no enquiry makes one. It is not confirmed by mail: the first reply says what becomes of
    the data (GDPR article 13).

    Raises as :func:`note` does.
    """
    with transaction.atomic():
        received_at = _day_of_new(on, at, now)
        enquiry = Enquiry.objects.create(
            **sender,
            **collection.columns(),
            source=Enquiry.Source.EMAIL,
            received_at=received_at,
            last_contact_at=received_at,
        )
        _record("website.enquiry.received", enquiry, now, source="EMAIL")
        note(enquiry, contact, on=on, at=received_at, now=now)
        enquiry.refresh_from_db()
    return enquiry


def known(key: str) -> "EnquiryMessage | None":
    """The message that an e-mail with this key was entered as."""
    found = EnquiryMessage.objects.filter(message_key=key).select_related("enquiry")
    message: EnquiryMessage | None = found.first() if key else None
    return message


def assign(enquiry: Enquiry, *, assignee: str, now: datetime) -> None:
    """``assignee`` is an actor such as ``user:5``, or empty. Raises :class:`NotAllowedError`."""
    if assignee and assignee not in {actor for actor, _name in assignees()}:
        raise NotAllowedError
    with _changing(enquiry.pk, Transition.ASSIGN, now) as locked:
        locked.assignee = assignee


def assignees() -> list[tuple[str, str]]:
    """Who of the staff may answer now: actor and address."""
    accounts = get_user_model()._default_manager.filter(is_staff=True, is_active=True)
    given = Q(is_superuser=True) | _given("groups__permissions") | _given("user_permissions")
    found: list[Any] = list(accounts.filter(given).distinct().order_by("email"))
    return [(f"user:{user.pk}", user.email) for user in found if user.has_perm(MAY_ANSWER)]


def decide(keys: Collection[int], transitions: Sequence[Transition], *, now: datetime) -> int:
    """Carry out the first possible of ``transitions`` for each of these enquiries. Returns for how many one was."""
    done = 0
    for key in sorted(keys)[:MOST_AT_ONCE]:
        done += any(_is_done(key, transition, now) for transition in transitions)
    return done


def draft(enquiry: Enquiry, template: ReplyTemplate) -> tuple[str, str]:
    """Subject and text, in the person's language."""
    return template.fill(
        language=enquiry.language,
        first_name=enquiry.first_name,
        surname=enquiry.surname,
        company=company_of(enquiry),
    )


def company_of(enquiry: Enquiry) -> str:
    own = own_company()
    found = own if enquiry.entity == own.siren else Entity.objects.filter(siren=enquiry.entity).first()
    return (found or own).name


def last_message_id(enquiry: Enquiry) -> int:
    """0 where there is none."""
    return enquiry.messages.aggregate(last=Max("pk"))["last"] or 0


def messages_of(enquiry: Enquiry) -> "QuerySet[EnquiryMessage]":
    """In their order, with what the desk shows of each."""
    found: QuerySet[EnquiryMessage] = enquiry.messages.select_related("mail").prefetch_related(
        "attachments__file"
    )
    return found


def enquiry_with(reference: str, *, now: datetime) -> Enquiry | None:
    found = usable(Enquiry.objects.filter(reference=reference.upper()), now)
    enquiry: Enquiry | None = found.first() if reference else None
    return enquiry


def reply_headers() -> dict[str, str]:
    """A person wrote it, and reads the answer."""
    return {"Auto-Submitted": "no", "Reply-To": settings.CONTROLLER["email"]}


def reply_facts(
    enquiry: Enquiry, *, subject: str, text: str, names: Sequence[str], is_first: bool
) -> dict[str, object]:
    """What fills ``emails/enquiry_reply.html``."""
    with translation.override(enquiry.language):
        notice = signed_links.absolute(reverse("privacy:data"))
    is_by_mail = enquiry.source == Enquiry.Source.EMAIL
    return {
        "subject": subject,
        "text": text,
        "names": names,
        "notice": notice if is_by_mail and is_first else "",
    }


def tagged(enquiry: Enquiry, subject: str) -> str:
    """With the reference, once."""
    return subject if enquiry.tag in subject else f"{subject} {enquiry.tag}"


def is_first_reply(enquiry: Enquiry) -> bool:
    return not enquiry.messages.filter(direction=OUT).exists()


def _locked(pk: int) -> Enquiry:
    enquiry: Enquiry = Enquiry.objects.select_for_update().get(pk=pk)
    return enquiry


@contextmanager
def _changing(pk: int, transition: Transition, now: datetime, **detail: str) -> Iterator[Enquiry]:
    """Lock the enquiry, change its state, let the caller add to it, then save and record it.

    Raises :class:`states.IllegalTransitionError`.
    """
    with transaction.atomic():
        enquiry = _locked(pk)
        before = enquiry.state
        enquiry.state = states.target_state(before, transition, is_unanswered=enquiry.is_unanswered)
        if before == EnquiryState.CLOSED != enquiry.state:
            enquiry.is_spam = False
        yield enquiry
        enquiry.save(update_fields=["state", "is_spam", "assignee"])
        if enquiry.state != EnquiryState.CLOSED:
            _count_waiting(enquiry)
        _record(transition.value.action, enquiry, now, **detail)


def _count_waiting(enquiry: Enquiry) -> None:
    """From the first message of theirs that has no answer."""
    if enquiry.state == EnquiryState.ANSWERED:
        waiting_since = None
    elif enquiry.state == EnquiryState.NEW and enquiry.waiting_since is None:
        last_out = enquiry.messages.filter(direction=OUT).aggregate(last=Max("at"))["last"]
        theirs = enquiry.messages.filter(direction=IN)
        first = (theirs.filter(at__gt=last_out) if last_out else theirs).first() or theirs.last()
        waiting_since = first.at if first else enquiry.received_at
    else:
        return
    Enquiry.objects.filter(pk=enquiry.pk).update(waiting_since=waiting_since)


def _noted(enquiry: Enquiry, direction: str, at: datetime) -> Transition:
    """Compared by days: of what is noted from a paper only the day is known."""
    other = OUT if direction == IN else IN
    last = enquiry.messages.filter(direction=other).aggregate(last=Max("at"))["last"]
    if last is None and direction == OUT:
        last = enquiry.received_at
    if last is not None and _day(at) < _day(last):
        return Transition.NOTE_EARLIER
    return Transition.NOTE_IN if direction == IN else Transition.NOTE_OUT


def _newer_than(enquiry: Enquiry, seen: int, subject: str, text: str) -> EnquiryMessage | None:
    """The same reply, sent a moment ago. Raises :class:`ChangedMeanwhileError` for any other newer message."""
    newer = list(enquiry.messages.filter(pk__gt=seen))
    if not newer:
        return None
    last: EnquiryMessage = newer[-1]
    facts = (last.direction, last.subject, last.text, last.by)
    if len(newer) == 1 and facts == (OUT, subject, text, trail.actor()):
        return last
    raise ChangedMeanwhileError


def _add(enquiry: Enquiry, contact: Contact, at: datetime) -> EnquiryMessage:
    message: EnquiryMessage = EnquiryMessage.objects.create(
        enquiry=enquiry,
        direction=contact.direction,
        channel=contact.channel,
        at=at,
        subject=contact.subject[:200],
        text=contact.text,
        by=trail.actor(),
        message_key=contact.key,
    )
    enquiry.note_contact(now=at)
    return message


def _attach(message: EnquiryMessage, documents: Documents, now: datetime) -> list[StoredFile]:
    files = [fields.store(document, now=now) for document in documents]
    for file in files:
        EnquiryAttachment.objects.create(message=message, file=file)
    return files


def _send(
    enquiry: Enquiry, message: EnquiryMessage, files: Sequence[StoredFile], *, is_first: bool, now: datetime
) -> Mail:
    names = [file.name for file in files]
    subject = tagged(enquiry, message.subject)
    return outbox.send(
        "enquiry_reply",
        to=enquiry.email,
        language=enquiry.language,
        context=reply_facts(enquiry, subject=subject, text=message.text, names=names, is_first=is_first),
        now=now,
        headers=reply_headers(),
        attachments=[
            CheckedDocument(file.name, file.media_type, storage.read_unscanned(file)) for file in files
        ],
    )


def _is_done(key: int, transition: Transition, now: datetime) -> bool:
    try:
        with _changing(key, transition, now) as enquiry:
            enquiry.is_spam = transition == Transition.CLOSE_AS_SPAM
    except (states.IllegalTransitionError, Enquiry.DoesNotExist):
        return False
    return True


def _given(lookup: str) -> Q:
    app, _dot, codename = MAY_ANSWER.partition(".")
    return Q(**{f"{lookup}__codename": codename, f"{lookup}__content_type__app_label": app})


def _day(at: datetime) -> date:
    return at.astimezone(CALENDAR).date()


def _instant_of(day: date, at: datetime | None, enquiry: Enquiry, now: datetime) -> datetime:
    """``at`` if it is of that day; otherwise the first instant of the day at which there was an enquiry."""
    if not _day(enquiry.received_at) <= day <= _day(now):
        raise ContactDayError
    if at and _day(at) == day:
        return min(max(at, enquiry.received_at), now)
    begins = datetime.combine(day, time(), tzinfo=CALENDAR)
    return now if day == _day(now) else max(begins, enquiry.received_at)


def _day_of_new(day: date, at: datetime | None, now: datetime) -> datetime:
    if day > _day(now):
        raise ContactDayError
    if at and _day(at) == day:
        return min(at, now)
    return now if day == _day(now) else datetime.combine(day, time(), tzinfo=CALENDAR)


def _record(action: str, enquiry: Enquiry, now: datetime, **detail: str) -> None:
    about = subjects.fingerprint(enquiry.email)
    trail.record(action, obj=enquiry, about=about, now=now, detail=detail)
