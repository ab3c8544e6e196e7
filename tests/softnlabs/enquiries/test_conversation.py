"""What is said about an enquiry: kept, counted from, and who has the last word."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail as sent

from privacy import plugins
from privacy.access.groups import StaffGroup
from privacy.audit.models import AuditEntry
from privacy.companies import collecting
from privacy.datamap.periods import CALENDAR
from privacy.datamap.subjects import Subject
from privacy.files import storage
from privacy.files.models import StoredFile
from privacy.files.uploads import CheckedDocument
from privacy.mail import outbox
from privacy.mail.models import Mail
from privacy.rights import erasure
from softnlabs.website.enquiries import conversation, waiting
from softnlabs.website.enquiries.conversation import Contact
from softnlabs.website.enquiries.models import Enquiry, EnquiryMessage, ReplyTemplate
from softnlabs.website.enquiries.states import EnquiryState, Transition
from tests import actors
from tests.conftest import ALICE, BOB
from tests.softnlabs.enquiries.factories import make_enquiry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
IN, OUT = EnquiryMessage.Direction.IN, EnquiryMessage.Direction.OUT
EMAIL, CALL = EnquiryMessage.Channel.EMAIL, EnquiryMessage.Channel.CALL
QUOTE = CheckedDocument("quote.pdf", "application/pdf", b"%PDF-1.7 for Alice")


@pytest.fixture(autouse=True)
def _mail(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    sent.outbox = []


def reply(enquiry: Enquiry, now: datetime, **facts) -> EnquiryMessage:
    told = {"subject": "Your servers", "text": "Hello Alice,\n\nYes, we could.", "seen": 0, **facts}
    message = conversation.reply(enquiry, now=now, **told)
    enquiry.refresh_from_db()
    return message


def note(enquiry: Enquiry, now: datetime, direction=IN, **facts) -> EnquiryMessage:
    message = conversation.note(enquiry, Contact(direction, EMAIL, "Thank you."), now=now, **facts)
    enquiry.refresh_from_db()
    return message


def test_a_reply_leaves_with_its_reference_and_files_and_is_kept(now: datetime) -> None:
    enquiry, later = make_enquiry(received_at=now), now + timedelta(days=2)
    message = reply(enquiry, later, documents=[QUOTE])
    assert (enquiry.state, enquiry.waiting_since, enquiry.last_contact_at) == (
        EnquiryState.ANSWERED,
        None,
        later,
    )
    outbox.deliver(now=later)
    (mail,) = sent.outbox
    assert mail.to == [ALICE]
    assert mail.subject == f"Your servers [SNL-{enquiry.reference}]"
    assert mail.extra_headers["Reply-To"] == "estelle.gelet@softnlabs.com"
    assert mail.extra_headers["Auto-Submitted"] == "no"
    assert "Yes, we could." in mail.body
    assert "* quote.pdf" in mail.body
    assert [(each.filename, each.content) for each in mail.attachments] == [("quote.pdf", QUOTE.content)]
    assert Mail.objects.get().text == ""
    message.refresh_from_db()
    assert message.text == "Hello Alice,\n\nYes, we could."
    assert storage.read(message.attachments.get().file) == QUOTE.content
    assert StoredFile.objects.count() == 1, "the copy that travelled is destroyed"


def test_the_journal_names_what_was_done_and_nobody(now: datetime) -> None:
    enquiry = make_enquiry(received_at=now)
    reply(enquiry, now)
    note(enquiry, now)
    conversation.decide([enquiry.pk], [Transition.CLOSE], now=now)
    conversation.decide([enquiry.pk], [Transition.REOPEN], now=now)
    entries = AuditEntry.objects.filter(kind="website.enquiry").order_by("pk")
    actions = [entry.action.rpartition(".")[2] for entry in entries]
    assert actions == ["answered", "contacted", "closed", "reopened"]
    told = "".join(f"{entry.detail}" for entry in entries).lower()
    assert "alice" not in told
    assert "thank" not in told
    labels = {name for config in plugins.installed() for name in config.audit_labels}
    assert {entry.action for entry in entries} <= labels


def test_the_same_reply_pressed_twice_leaves_once(now: datetime) -> None:
    enquiry = make_enquiry(received_at=now)
    first, second = reply(enquiry, now), reply(enquiry, now + timedelta(seconds=2))
    assert first == second
    assert Mail.objects.count() == 1
    assert AuditEntry.objects.filter(action="website.enquiry.answered").count() == 1


def test_nobody_answers_what_they_have_not_read(now: datetime) -> None:
    enquiry = make_enquiry(received_at=now)
    note(enquiry, now)
    with pytest.raises(conversation.ChangedMeanwhileError):
        reply(enquiry, now)
    assert not Mail.objects.exists()
    reply(enquiry, now, seen=conversation.last_message_id(enquiry))


def test_a_message_of_theirs_opens_a_closed_enquiry_and_it_waits_from_that_day(now: datetime) -> None:
    enquiry = make_enquiry(received_at=now)
    reply(enquiry, now + timedelta(days=1))
    conversation.decide([enquiry.pk], [Transition.CLOSE], now=now + timedelta(days=2))
    note(enquiry, now + timedelta(days=3))
    assert (enquiry.state, enquiry.waiting_since) == (EnquiryState.NEW, now + timedelta(days=3))
    note(enquiry, now + timedelta(days=4))
    assert enquiry.waiting_since == now + timedelta(days=3), "from the first that has no answer"


def test_what_is_noted_late_changes_nothing_about_the_last_word(now: datetime) -> None:
    enquiry = make_enquiry(received_at=now)
    reply(enquiry, now + timedelta(days=5))
    day = (now + timedelta(days=2)).astimezone(CALENDAR).date()
    note(enquiry, now + timedelta(days=6), on=day)
    assert (enquiry.state, enquiry.last_contact_at) == (EnquiryState.ANSWERED, now + timedelta(days=5))
    assert [each.direction for each in conversation.messages_of(enquiry)] == [IN, OUT]


def test_an_enquiry_is_put_back_as_it_was(now: datetime) -> None:
    waits, answered = make_enquiry(received_at=now), make_enquiry(BOB, received_at=now)
    reply(answered, now)
    both = [waits.pk, answered.pk]
    reopening = [Transition.REOPEN, Transition.REOPEN_ANSWERED]
    assert conversation.decide(both, [Transition.CLOSE_AS_SPAM], now=now) == 1
    waits.refresh_from_db()
    assert (waits.state, waits.is_spam) == (EnquiryState.CLOSED, True)
    assert conversation.decide(both, [Transition.CLOSE], now=now) == 1
    assert conversation.decide(both, reopening, now=now) == 2
    for each, state in ((waits, EnquiryState.NEW), (answered, EnquiryState.ANSWERED)):
        each.refresh_from_db()
        assert (each.state, each.is_spam) == (state, False)
    assert waits.waiting_since == now


def test_the_same_email_is_entered_once(now: datetime) -> None:
    enquiry = make_enquiry(received_at=now)
    contact = Contact(IN, EMAIL, "Thank you.", key="a" * 64)
    conversation.note(enquiry, contact, now=now)
    with pytest.raises(conversation.KnownMessageError):
        conversation.note(enquiry, contact, now=now)
    assert conversation.known("a" * 64).enquiry == enquiry
    assert conversation.known("") is None


@pytest.mark.parametrize("days", [-1, 1])
def test_no_contact_is_before_the_enquiry_or_still_to_come(now: datetime, days: int) -> None:
    day = (now + timedelta(days=days)).astimezone(CALENDAR).date()
    with pytest.raises(conversation.ContactDayError):
        note(make_enquiry(received_at=now), now, on=day)


def test_an_email_begins_an_enquiry_and_the_first_reply_says_what_becomes_of_it(now: datetime) -> None:
    sender: conversation.Sender = {
        "first_name": "Alice",
        "surname": "Lasserre",
        "email": ALICE,
        "language": "fr",
    }
    enquiry = conversation.begin(
        sender,
        Contact(IN, EMAIL, "Bonjour", "Question"),
        collection=collecting.by_controller(),
        on=now.astimezone(CALENDAR).date(),
        at=now - timedelta(hours=1),
        now=now,
    )
    assert (enquiry.received_at, enquiry.waiting_since) == (
        now - timedelta(hours=1),
        now - timedelta(hours=1),
    )
    assert not Mail.objects.exists(), "no acknowledgement"
    reply(enquiry, now, seen=conversation.last_message_id(enquiry))
    reply(enquiry, now, seen=conversation.last_message_id(enquiry), text="Encore")
    texts = Mail.objects.values_list("text", flat=True)
    assert ["/fr/privacy/data/" in text for text in texts].count(True) == 1


def test_a_refused_reply_is_found(now: datetime) -> None:
    enquiry, other = make_enquiry(received_at=now), make_enquiry(BOB, received_at=now)
    reply(enquiry, now)
    reply(other, now)
    Mail.objects.filter(to=ALICE).update(refused_at=now)
    assert list(Enquiry.objects.undelivered()) == [enquiry]


def test_a_refused_reply_puts_the_enquiry_back_among_what_waits(now: datetime) -> None:
    """Until another reply leaves, or somebody notes that they called, or closes it."""
    enquiry, other = make_enquiry(received_at=now), make_enquiry(BOB, received_at=now)
    reply(enquiry, now)
    reply(other, now)
    assert not Enquiry.objects.waiting().exists()
    Mail.objects.filter(to=ALICE).update(refused_at=now)
    assert [(each, each.waits_from) for each in Enquiry.objects.waiting()] == [(enquiry, now)]
    (work,) = waiting.work(now=now)
    assert (work.count, work.since) == (1, now)
    conversation.note(enquiry, Contact(OUT, CALL, "Called."), now=now)
    assert not Enquiry.objects.waiting().exists()
    reply(enquiry, now, seen=conversation.last_message_id(enquiry), text="Again")
    Mail.objects.filter(to=ALICE).update(refused_at=now)
    assert Enquiry.objects.waiting().exists()
    conversation.decide([enquiry.pk], [Transition.CLOSE], now=now)
    assert not Enquiry.objects.waiting().exists()


def test_only_staff_who_may_answer_are_offered(now: datetime) -> None:
    enquiry = make_enquiry(received_at=now)
    support = actors.make_member("support@example.org", StaffGroup.SUPPORT)
    sales = actors.make_member("sales@example.org", StaffGroup.SALES)
    actors.make_member("recruiter@example.org", StaffGroup.RECRUITER)
    untrained = actors.make_staff("untrained@example.org")
    untrained.groups.set(support.groups.all())
    offered = [name for _actor, name in conversation.assignees()]
    assert offered == [sales.email, support.email]
    conversation.assign(enquiry, assignee=f"user:{support.pk}", now=now)
    with pytest.raises(conversation.NotAllowedError):
        conversation.assign(enquiry, assignee=f"user:{untrained.pk}", now=now)
    enquiry.refresh_from_db()
    assert enquiry.assignee == f"user:{support.pk}"


def test_what_waits_is_counted_by_state_and_the_oldest_is_named(now: datetime) -> None:
    first, _second = make_enquiry(received_at=now), make_enquiry(BOB, received_at=now + timedelta(days=1))
    (work,) = waiting.work(now=now + timedelta(days=2))
    assert (work.count, work.since) == (2, now)
    reply(first, now + timedelta(days=1))
    (work,) = waiting.work(now=now + timedelta(days=2))
    assert (work.count, work.since) == (1, now + timedelta(days=1))


def test_a_template_is_filled_in_and_a_name_is_never_read_as_a_blank(now: datetime) -> None:
    template = ReplyTemplate.objects.create(
        name="One",
        subject_en="To {first_name}",
        text_en="{first_name} {surname}, {company}",
        subject_fr="À {first_name}",
        text_fr="Bonjour {first_name}",
    )
    enquiry = make_enquiry(first_name="{company}", received_at=now)
    assert conversation.draft(enquiry, template) == ("To {company}", "{company} Lasserre, SoftNLabs")
    french = make_enquiry(first_name="", language="fr", received_at=now)
    assert conversation.draft(french, template) == ("À Lasserre", "Bonjour Lasserre")


def test_an_erasure_takes_the_conversation_and_its_files(now: datetime) -> None:
    mine, bob = make_enquiry(received_at=now), make_enquiry(BOB, received_at=now)
    for each in (mine, bob):
        reply(each, now, documents=[QUOTE])
    with time_machine.travel(now, tick=False):
        erasure.erase(Subject.of_email(ALICE), now=now)
    assert [each.enquiry for each in EnquiryMessage.objects.all()] == [bob]
    assert StoredFile.objects.count() == 2, "Bob's own, and its copy that waits to leave"
