"""Answering enquiries at the desk, page by page."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from privacy.access.groups import StaffGroup
from privacy.audit.models import AuditEntry
from privacy.datamap.subjects import Subject
from privacy.files.models import Draft, StoredFile
from privacy.mail.models import Mail
from privacy.rights import restriction
from softnlabs.website.enquiries import conversation
from softnlabs.website.enquiries.conversation import Contact
from softnlabs.website.enquiries.models import Enquiry, EnquiryMessage, ReplyTemplate
from softnlabs.website.enquiries.states import EnquiryState
from tests import actors, documents, sample_site
from tests.conftest import ALICE, BOB
from tests.softnlabs.enquiries.factories import make_enquiry
from tests.softnlabs.enquiries.mails import eml, quote

pytestmark = pytest.mark.django_db
LIST = "/admin/website/enquiry/"
TYPED = {"subject": "Your servers", "text": "Yes, we could.", "seen": "0"}


@pytest.fixture(autouse=True)
def _today(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def enquiry(now: datetime) -> Enquiry:
    return make_enquiry(ALICE, received_at=now - timedelta(days=10))


def page_of(enquiry: Enquiry, name: str = "change") -> str:
    return f"{LIST}{enquiry.pk}/{name}/"


def mail_file(**facts: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile("mail.eml", eml(**facts), "message/rfc822")


def hidden(page: str, name: str) -> list[str]:
    parts = page.split(f'type="hidden" name="{name}" value="')[1:]
    return [unescape(part.partition('"')[0]) for part in parts]


def test_a_reply_is_shown_before_it_leaves(dpo_client: Client, enquiry: Enquiry) -> None:
    pdf = SimpleUploadedFile("quote.pdf", documents.pdf("Quote"))
    shown = dpo_client.post(page_of(enquiry, "reply"), {**TYPED, "file_1": pdf}).text
    assert f"Your servers {enquiry.tag}" in shown
    assert "* quote.pdf" in shown
    assert not Mail.objects.exists()
    kept = hidden(shown, "file_1-kept")
    done = dpo_client.post(page_of(enquiry, "reply/send"), {**TYPED, "file_1-kept": kept[0]}, follow=True)
    assert "Your reply is on its way." in done.text
    assert "This e-mail has not left yet." in done.text
    assert Mail.objects.get().to == ALICE
    assert EnquiryMessage.objects.get().attachments.get().file.name == "quote.pdf"
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("text", ""), ("subject", "a\r\nBcc: bob@example.org"), ("text", "Hello {first_name}")],
)
def test_what_is_wrong_is_not_sent(dpo_client: Client, enquiry: Enquiry, field: str, value: str) -> None:
    for name in ("reply", "reply/send"):
        answer = dpo_client.post(page_of(enquiry, name), {**TYPED, field: value})
        assert answer.status_code == 200
        assert "This is what will be sent" not in answer.text
    assert not Mail.objects.exists()


def test_a_reply_may_have_three_files_at_once(dpo_client: Client, enquiry: Enquiry) -> None:
    files = {
        f"file_{number}": SimpleUploadedFile(f"offer-{number}.pdf", documents.pdf()) for number in (1, 2, 3)
    }
    shown = dpo_client.post(page_of(enquiry, "reply"), TYPED | files)
    assert all(f"offer-{number}.pdf" in shown.text for number in (1, 2, 3))


def test_files_of_a_reply_are_examined_and_bounded(dpo_client: Client, enquiry: Enquiry, monkeypatch) -> None:
    bad = SimpleUploadedFile("quote.pdf", documents.script_pdf())
    assert "holds a script" in dpo_client.post(page_of(enquiry, "reply"), {**TYPED, "file_1": bad}).text
    monkeypatch.setattr("softnlabs.website.enquiries.admin_forms.MOST_BYTES", 10)
    good = SimpleUploadedFile("quote.pdf", documents.pdf("Quote"))
    told = dpo_client.post(page_of(enquiry, "reply"), {**TYPED, "file_2": good}).text
    assert "Together these files are too big" in told
    assert "This is what will be sent" not in told


def test_who_did_not_see_the_newest_message_is_warned_and_nothing_typed_is_lost(
    dpo_client: Client, enquiry: Enquiry, acting: None, now: datetime
) -> None:
    conversation.note(
        enquiry, Contact(EnquiryMessage.Direction.IN, EnquiryMessage.Channel.CALL, "More"), now=now
    )
    warned = dpo_client.post(page_of(enquiry, "reply/send"), TYPED).text
    assert "A message was added meanwhile" in warned
    assert "Yes, we could." in warned
    assert not Mail.objects.exists()
    (seen,) = hidden(warned, "seen")
    assert dpo_client.post(page_of(enquiry, "reply/send"), {**TYPED, "seen": seen}).status_code == 302


def test_a_template_begins_the_reply_in_the_language_of_the_person(
    dpo_client: Client, enquiry: Enquiry
) -> None:
    Enquiry.objects.filter(pk=enquiry.pk).update(language="fr")
    template = ReplyTemplate.objects.create(
        name="One", subject_en="X", text_en="X", subject_fr="Votre message", text_fr="Bonjour {first_name},"
    )
    page = dpo_client.get(f"{page_of(enquiry, 'reply')}?template={template.pk}").text
    assert "Bonjour Alice," in page
    for wrong in ("999999", "x", "9" * 30):
        assert dpo_client.get(f"{page_of(enquiry, 'reply')}?template={wrong}").status_code == 200


def test_a_template_with_an_unknown_blank_is_refused(dpo_client: Client) -> None:
    typed = {"name": "One", "subject_en": "{user}", "text_en": "X", "subject_fr": "X", "text_fr": "X"}
    assert "Unknown placeholder" in dpo_client.post("/admin/website/replytemplate/add/", typed).text
    assert not ReplyTemplate.objects.exists()


def test_a_refused_reply_is_said_on_the_enquiry(dpo_client: Client, enquiry: Enquiry, now: datetime) -> None:
    dpo_client.post(page_of(enquiry, "reply/send"), TYPED)
    Mail.objects.update(refused_at=now, error="SMTPRecipientsRefused")
    assert "could not be delivered" in dpo_client.get(page_of(enquiry)).text
    assert enquiry.reference in dpo_client.get(f"{LIST}?delivery=refused").text
    Mail.objects.all().delete()
    assert EnquiryMessage.objects.get().text == "Yes, we could.", "what was said stays"


def test_an_email_is_read_looked_at_and_noted(dpo_client: Client, enquiry: Enquiry, now: datetime) -> None:
    at = now - timedelta(days=2)
    shown = dpo_client.post(page_of(enquiry, "mail"), {"file": mail_file(at=at, files=(quote(),))}).text
    assert "Thank you, Monday suits me." in shown
    assert "not from the address" not in shown
    assert not EnquiryMessage.objects.exists()
    typed = {
        "direction": "IN", "kind": "EMAIL", "on": at.date(), "subject": "Re", "text": "Monday suits me.",
        "origin": hidden(shown, "origin")[0], "kept": hidden(shown, "kept"),
    }  # fmt: skip
    assert dpo_client.post(page_of(enquiry, "contacted"), typed).status_code == 302
    message = EnquiryMessage.objects.get()
    assert (message.at, message.attachments.get().file.name) == (at, "quote.pdf")
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.last_contact_at) == (EnquiryState.NEW, at)
    again = dpo_client.post(page_of(enquiry, "mail"), {"file": mail_file(at=at)}, follow=True)
    assert "in the conversation already" in again.text
    assert (
        "in the conversation already"
        in dpo_client.post(page_of(enquiry, "contacted"), typed, follow=True).text
    )
    assert EnquiryMessage.objects.count() == 1
    assert StoredFile.objects.count() == 1


def test_another_sender_and_a_day_that_cannot_be_are_asked_about(
    dpo_client: Client, enquiry: Enquiry, now: datetime
) -> None:
    for at in (now + timedelta(days=2), enquiry.received_at - timedelta(days=2), None):
        file = mail_file(sender="Mallory <mallory@example.net>", at=at, number="")
        shown = dpo_client.post(page_of(enquiry, "mail"), {"file": file}).text
        assert "mallory@example.net, not from the address of the enquiry" in shown
        assert "On which day did it come?" in shown
        assert f'value="{now.date()}"' not in shown


def test_what_is_no_email_is_refused(dpo_client: Client, enquiry: Enquiry) -> None:
    file = SimpleUploadedFile("mail.eml", b"\x00\x01")
    assert "cannot be read as an e-mail" in dpo_client.post(page_of(enquiry, "mail"), {"file": file}).text


def test_an_email_from_the_list_finds_its_enquiry_or_makes_one(
    dpo_client: Client, enquiry: Enquiry, now: datetime
) -> None:
    make_enquiry(BOB, surname="Bobinot", received_at=now)
    at = now - timedelta(days=1)
    shown = dpo_client.post(f"{LIST}mail/", {"file": mail_file(subject=f"Re: x {enquiry.tag}", at=at)}).text
    assert f'action="{page_of(enquiry, "contacted")}"' in shown
    assert "Bobinot" not in shown
    shown = dpo_client.post(
        f"{LIST}mail/", {"file": mail_file(sender="Carol Lane <carol@example.org>", at=at)}
    ).text
    assert f'action="{LIST}begin/"' in shown
    typed = {
        "first_name": "Carol", "surname": "Lane", "email": "carol@example.org", "language": "en", "on": at.date(),
        "subject": "Servers", "text": "Good day", "origin": hidden(shown, "origin")[0],
    }  # fmt: skip
    dpo_client.post(f"{LIST}begin/", typed)
    made = Enquiry.objects.get(email="carol@example.org")
    assert (made.source, made.received_at, made.messages.get().text) == ("EMAIL", at, "Good day")
    assert not Mail.objects.exists()
    assert "already" in dpo_client.post(f"{LIST}begin/", typed, follow=True).text
    assert Enquiry.objects.filter(email="carol@example.org").count() == 1


def test_many_are_closed_after_a_page_that_names_them(
    dpo_client: Client, enquiry: Enquiry, now: datetime
) -> None:
    bob = make_enquiry(BOB, received_at=now)
    closed = make_enquiry("carol@example.org", received_at=now, state=EnquiryState.CLOSED)
    chosen = {"_selected_action": [enquiry.pk, bob.pk, closed.pk], "action": "close_selected"}
    asked = dpo_client.post(LIST, chosen).text
    assert "2 enquiries." in asked
    assert "1 other one is left out" in asked
    assert "a…@e….org" in asked
    assert ALICE not in asked
    assert Enquiry.objects.filter(state=EnquiryState.NEW).count() == 2
    done = dpo_client.post(f"{LIST}close/", {"pk": hidden(asked, "pk")}, follow=True)
    assert "2 enquiries were closed." in done.text
    assert Enquiry.objects.filter(state=EnquiryState.CLOSED).count() == 3
    dpo_client.post(f"{LIST}reopen/", {"pk": [enquiry.pk]})
    enquiry.refresh_from_db()
    assert enquiry.state == EnquiryState.NEW


def test_who_may_only_look_cannot_do_anything(clerk, enquiry: Enquiry) -> None:
    client = Client()
    actors.train(clerk)
    clerk.user_permissions.add(Permission.objects.get(codename="view_enquiry"))
    actors.sign_in(client, clerk)
    assert client.get(page_of(enquiry)).status_code == 200
    for name in ("reply", "reply/send", "contacted", "mail", "assign"):
        assert client.get(page_of(enquiry, name)).status_code == 404
        assert client.post(page_of(enquiry, name), TYPED).status_code == 404
    for name in ("mail", "begin", "close", "spam", "reopen"):
        assert client.get(f"{LIST}{name}/").status_code == 403
        assert client.post(f"{LIST}{name}/", {"pk": enquiry.pk}).status_code == 403
    assert "Close…" not in client.get(LIST).text
    assert Enquiry.objects.get().state == EnquiryState.NEW


def test_what_is_restricted_cannot_be_answered(
    client: Client, enquiry: Enquiry, acting: None, now: datetime
) -> None:
    support = actors.make_member("support@example.org", StaffGroup.SUPPORT)
    actors.sign_in(client, support)
    assert client.get(page_of(enquiry, "reply")).status_code == 200
    restriction.restrict(Subject.of_email(enquiry.email), reason="Contested", now=now)
    assert client.post(page_of(enquiry, "reply/send"), TYPED).status_code == 404
    file = mail_file(subject=f"Re: {enquiry.tag}")
    assert "New enquiry" in client.post(f"{LIST}mail/", {"file": file}).text
    client.post(f"{LIST}close/", {"pk": enquiry.pk})
    assert Enquiry.objects.get().state == EnquiryState.NEW
    assert not Mail.objects.exists()


def test_the_list_asks_as_much_for_many_as_for_few(dpo_client: Client, now: datetime) -> None:
    dpo_client.get(LIST)  # what a process keeps is read
    counts = []
    for number in range(12):
        make_enquiry(f"person{number}@example.org", received_at=now, assignee="user:1")
        if number in {1, 11}:
            sample_site.forget()
            with CaptureQueriesContext(connection) as queries:
                assert dpo_client.get(LIST).status_code == 200
            counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_page_asks_as_much_for_many_messages_as_for_few(
    dpo_client: Client, enquiry: Enquiry, acting: None, now: datetime
) -> None:
    dpo_client.get(page_of(enquiry))  # what a process keeps is read
    counts = []
    for number in range(10):
        conversation.note(
            enquiry,
            Contact(EnquiryMessage.Direction.IN, EnquiryMessage.Channel.CALL, f"Call {number}"),
            now=now,
        )
        if number in {1, 9}:
            sample_site.forget()
            with CaptureQueriesContext(connection) as queries:
                dpo_client.get(page_of(enquiry))
            counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_file_is_shown_drawn_anew_and_each_look_is_on_record(
    dpo_client: Client, enquiry: Enquiry, now: datetime
) -> None:
    pdf = SimpleUploadedFile("quote.pdf", documents.pdf("Quote"))
    dpo_client.post(page_of(enquiry, "reply/send"), {**TYPED, "file_1": pdf})
    number = EnquiryMessage.objects.get().attachments.get().pk
    address = page_of(enquiry, f"files/{number}")
    assert dpo_client.get(f"{address}picture/").status_code == 404, "not before its page"
    shown = dpo_client.get(address).text
    assert f"{address}picture/?page=1" in shown
    assert dpo_client.get(f"{address}picture/?page=1")["Content-Type"] == "image/webp"
    assert "Download the original" in dpo_client.get(f"{address}original/").text
    assert dpo_client.post(f"{address}original/").content.startswith(b"%PDF")
    other = make_enquiry(BOB, received_at=now)
    assert dpo_client.get(page_of(other, f"files/{number}")).status_code == 404
    looked = AuditEntry.objects.filter(kind="website.enquiryattachment").order_by("pk")
    assert [each.action.rpartition("_")[2] for each in looked] == ["shown", "downloaded"]
