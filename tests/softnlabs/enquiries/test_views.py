"""The contact form: a message is kept, confirmed and nothing typed is ever lost."""

from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from consent.ledger.models import ConsentEvent
from consent.prospecting.models import Prospect
from privacy.audit.models import AuditEntry
from privacy.mail.models import Mail
from privacy.web import rate_limits
from softnlabs.website.enquiries import conversation, enquiries
from softnlabs.website.enquiries.conversation import Contact
from softnlabs.website.enquiries.models import Enquiry, EnquiryMessage
from tests.conftest import ALICE, BOB
from tests.softnlabs.enquiries.factories import TYPED, make_enquiry

pytestmark = pytest.mark.django_db


def post(client: Client, path: str = "/contact/", **changes: str) -> Any:
    facts = {name: changes.pop(name) for name in ("REMOTE_ADDR",) if name in changes}
    return client.post(path, TYPED | changes, **facts)


def test_a_message_is_kept_and_the_page_says_what_happens_next(client: Client) -> None:
    response = post(client)
    assert response.status_code == 302
    assert response["Location"] == "/contact/thanks/"
    enquiry = Enquiry.objects.get()
    assert enquiry.message == "Could you look after our servers?\nThank you."
    assert (enquiry.email, enquiry.language, enquiry.entity) == (ALICE, "en", "818 145 302")
    assert enquiry.received_at == enquiry.last_contact_at
    assert "What happens next" in client.get("/contact/thanks/").text


def test_a_flood_from_one_network_is_stopped_kindly_and_nothing_typed_is_lost(client: Client) -> None:
    for _form in range(rate_limits.FORMS_OF_CLIENT.times):
        rate_limits.FORMS_OF_CLIENT.take("127.0.0.1", now=timezone.now())
    refused = post(client, "/fr/contact/")
    assert refused.status_code == 429
    assert "De très nombreux formulaires" in refused.text
    assert "Could you look after our servers?" in unescape(refused.text)
    assert not Enquiry.objects.exists()
    assert post(client, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_without_a_tick_nobody_becomes_a_prospect(client: Client) -> None:
    assert 'name="opt_in"' in client.get("/contact/").text
    assert "checked" not in client.get("/contact/").text
    post(client)
    assert not Prospect.objects.exists()
    assert not ConsentEvent.objects.exists()


def test_a_tick_is_proved_by_the_sentence_that_was_shown(client: Client) -> None:
    shown = unescape(client.get("/fr/contact/").text)
    post(client, "/fr/contact/", opt_in="on")
    event = ConsentEvent.objects.get()
    assert (event.kind, event.email) == ("ASK", ALICE)
    assert not Prospect.objects.exists()  # nobody is one before they confirm
    assert event.wording.text in shown
    assert (event.page, event.language) == ("/fr/contact/", "fr")


def test_the_notice_beside_the_form_says_why_and_how_long(client: Client) -> None:
    page = client.get("/contact/").text
    assert "What becomes of your data" in page
    assert "three years" in page or "3 years" in page


def test_in_french_page_mail_and_row_are_french(client: Client) -> None:
    response = post(client, "/fr/contact/")
    assert response["Location"] == "/fr/contact/thanks/"
    assert "La suite" in client.get("/fr/contact/thanks/").text
    assert Enquiry.objects.get().language == "fr"
    assert Mail.objects.get().subject == f"Nous avons bien reçu votre message {Enquiry.objects.get().tag}"


def test_the_confirmation_carries_no_word_of_what_was_typed(client: Client) -> None:
    post(client, first_name="Buy at evil.example", message="https://evil.example/")
    mail = Mail.objects.get()
    assert mail.to == ALICE
    assert "evil.example" not in mail.subject + mail.text + mail.html
    for part in (mail.text, mail.html):
        assert "818 145 302" in part
        assert "estelle.gelet@softnlabs.com" in part
        assert "/privacy/requests/new/" in part


def test_the_audit_trail_says_so_without_a_personal_value(client: Client) -> None:
    post(client)
    entry = AuditEntry.objects.get(action="website.enquiry.received")
    assert entry.about
    assert "alice" not in f"{entry.about}{entry.detail}{entry.actor}".lower()


def test_only_three_fields_are_needed(client: Client) -> None:
    """Somebody may have one name only."""
    assert post(client, first_name="", telephone="", postcode="").status_code == 302
    page = client.get("/contact/").text
    assert page.count("(required)") == 3


@pytest.mark.parametrize("field", ["surname", "email", "message"])
def test_what_is_missing_is_said_beside_the_field(client: Client, field: str) -> None:
    response = post(client, **{field: " "})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    page = response.text
    assert f'id="id_{field}_error"' in page
    assert f'href="#id_{field}"' in page
    assert 'aria-invalid="true"' in page
    assert not Enquiry.objects.exists()


NAUGHTY = [
    ("first_name", "Ali\x00ce"),
    ("first_name", "Alice\r\nBcc: bob@example.org"),
    ("first_name", "Alice\x0bLasserre"),
    ("surname", "L" * 101),
    ("email", "alice@example.org\nBcc: bob@example.org"),
    ("email", "alice@" + "a" * 300 + ".org"),
    ("email", "alice"),
    ("email", "=?utf-8?q?alice=00?=@example.org\x00"),
    ("telephone", "<script>alert(1)</script>"),
    ("telephone", "12"),
    ("postcode", "'; drop table"),
    ("message", "a" * 5001),
    ("message", "NUL \x00 inside"),
]


@pytest.mark.parametrize(("field", "value"), NAUGHTY)
def test_bad_input_is_refused_beside_its_field_and_nothing_typed_is_lost(
    client: Client, field: str, value: str
) -> None:
    response = post(client, "/fr/contact/", **{field: value})
    assert response.status_code == 200
    form = response.context["form"]
    assert list(form.errors) == [field]
    assert f'id="id_{field}_error"' in response.text
    for name, typed in (TYPED | {field: value}).items():
        assert form[name].value() == typed
    assert TYPED["message"].split("?")[0] in response.text or field == "message"
    assert not Enquiry.objects.exists()
    assert not Mail.objects.exists()


def test_a_look_alike_domain_is_kept_so_that_it_can_be_told_apart(client: Client) -> None:
    post(client, email="alice@ex\u0430mple.org")  # a Cyrillic letter
    address = Enquiry.objects.get().email
    assert address != ALICE
    assert address.isascii()


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "utf-16"])
def test_another_charset_cannot_smuggle_a_lone_surrogate(client: Client, charset: str) -> None:
    body = b"\r\n".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s' % (name.encode(), value.encode())
        for name, value in (TYPED | {"surname": "+2AA-\\ud800"}).items()
    )
    response = client.post(
        "/contact/",
        body + b"\r\n--x--\r\n",
        content_type=f"multipart/form-data; boundary=x; charset={charset}",
    )
    assert response.status_code in {200, 302, 400}
    assert not Enquiry.objects.filter(surname__contains="+2AA-").exclude(surname="+2AA-\\ud800").exists()


def test_what_is_typed_is_shown_as_text(client: Client) -> None:
    response = post(client, surname="<script>alert(1)</script>", email="")
    assert "<script>" not in response.text  # our own have an address, and no text


def test_each_contact_starts_the_three_years_again(acting: None, now: datetime) -> None:
    enquiry, bob = make_enquiry(), make_enquiry(BOB)
    call = Contact(EnquiryMessage.Direction.OUT, EnquiryMessage.Channel.CALL, "No answer.")
    conversation.note(enquiry, call, now=now + timedelta(days=30))
    conversation.note(enquiry, call, now=now + timedelta(days=3))
    enquiry.refresh_from_db()
    bob.refresh_from_db()
    assert enquiry.last_contact_at == now + timedelta(days=30)
    assert bob.last_contact_at == now
    assert AuditEntry.objects.filter(action="website.enquiry.contacted").count() == 2


@pytest.mark.parametrize(("at", "is_live"), [("09:59:59", True), ("10:00:00", False), ("10:00:01", False)])
def test_three_years_after_the_last_contact_nothing_is_readable(at: str, is_live: bool) -> None:
    make_enquiry()
    instant = datetime.fromisoformat(f"2029-11-23T{at}+00:00")
    assert Enquiry.objects.live(instant).exists() is is_live


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_verbs_are_refused(client: Client, method: str) -> None:
    assert getattr(client, method)("/contact/").status_code == 405


def test_the_form_cannot_be_used_to_flood_a_mailbox(client: Client) -> None:
    for number in range(8):
        assert post(client, message=f"Message {number}").status_code == 302
    assert post(client, email=BOB).status_code == 302
    assert Enquiry.objects.filter(email=ALICE).count() == 8  # nothing that was written is lost
    assert Mail.objects.filter(to=ALICE).count() == rate_limits.ACKNOWLEDGEMENTS.times
    assert Mail.objects.filter(to=BOB).count() == 1


def test_the_same_form_twice_is_one_message_one_mail_and_the_same_thanks(client: Client) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert post(client)["Location"] == post(client)["Location"] == "/contact/thanks/"
        assert (Enquiry.objects.count(), Mail.objects.count()) == (1, 1)
        post(client, message="Another question")
        post(client, email=BOB)
        assert (Enquiry.objects.count(), Mail.objects.count()) == (3, 3)
        clock.shift(enquiries.SENT_TWICE_WITHIN)
        post(client)
    assert Enquiry.objects.count() == 4, "after a while it is meant"


def test_the_same_form_with_the_box_ticked_is_not_the_same(client: Client) -> None:
    post(client)
    post(client, opt_in="on")
    assert ConsentEvent.objects.count() == 1
