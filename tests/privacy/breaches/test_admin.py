"""The register of breaches at the desk."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from privacy.audit.models import AuditEntry
from privacy.breaches.models import Breach, BreachNotice, BreachNotification, Kind, Risk
from privacy.datamap.periods import CALENDAR
from privacy.mail.models import Mail
from softnlabs.website.enquiries.models import Enquiry
from tests import actors
from tests.conftest import ALICE, BOB
from tests.privacy.factories import make_breach
from tests.softnlabs.enquiries.factories import make_enquiry

pytestmark = pytest.mark.django_db
REGISTER = "/admin/privacy/breach/"
WRITTEN = {
    "title": "Mail to a wrong list",
    "kinds": ["CONFIDENTIALITY"],
    "aware_at_0": "2026-10-25",
    "aware_at_1": "02:30",
    "found_by": "A reader",
    "facts": "A message went wrong.",
    "risk": "UNKNOWN",
}


@pytest.fixture
def breach() -> Breach:
    return make_breach(
        aware_at=timezone.now() - timedelta(hours=20), risk=Risk.HIGH, risk_reasons="Passwords"
    )


def page_of(breach: Breach, part: str = "change") -> str:
    return f"{REGISTER}{breach.pk}/{part}/"


def test_a_breach_is_entered_with_the_first_of_two_equal_hours(dpo_client, monkeypatch):
    monkeypatch.setattr(
        timezone, "now", lambda: timezone.datetime(2026, 11, 23, tzinfo=timezone.get_fixed_timezone(0))
    )
    answer = dpo_client.post(f"{REGISTER}add/", WRITTEN)
    breach = Breach.objects.get()
    assert answer.headers["Location"] == page_of(breach)
    assert breach.aware_at.isoformat() == "2026-10-25T00:30:00+00:00"
    assert breach.recorded_by.startswith("user:")
    assert AuditEntry.objects.filter(action="privacy.breach.added", key=str(breach.pk)).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"aware_at_0": "2126-01-01"}, "aware_at"),
        ({"aware_at_1": ""}, "aware_at"),
        ({"began_at_0": "2026-10-26", "began_at_1": "10:00"}, "began_at"),
        ({"began_at_0": "2026-10-24", "began_at_1": ""}, "began_at"),
        (
            {
                "began_at_0": "2026-10-24",
                "began_at_1": "10:00",
                "ended_at_0": "2026-10-23",
                "ended_at_1": "10:00",
            },
            "ended_at",
        ),
        ({"risk": "NONE"}, "risk_reasons"),
        ({"risk": "RISK", "risk_reasons": " "}, "risk_reasons"),
        ({"exemption": "EFFORT", "exemption_reason": "Too many."}, "exemption"),
        ({"risk": "HIGH", "risk_reasons": "x", "exemption": "EFFORT"}, "exemption_reason"),
        ({"kinds": []}, "kinds"),
        ({"facts": ""}, "facts"),
    ],
)
def test_what_contradicts_itself_is_refused_beside_its_field(dpo_client, changes, field):
    answer = dpo_client.post(f"{REGISTER}add/", {**WRITTEN, **changes})
    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors
    assert not Breach.objects.exists()


def test_its_page_shows_the_clock_what_is_to_do_and_every_button(dpo_client, breach):
    page = dpo_client.get(page_of(breach)).content.decode()
    for said in (
        "72 hours later",
        "Last moment for the notice",
        "51 hours left",
        "Notify the CNIL",
        "Close the file",
    ):
        assert said in page
    assert AuditEntry.objects.filter(action="privacy.breach.viewed").exists()


def test_a_change_is_on_record_with_the_names_of_the_fields_alone(dpo_client, breach):
    moment = timezone.localtime(breach.aware_at)
    changed = {
        **WRITTEN,
        "aware_at_0": f"{moment:%Y-%m-%d}",
        "aware_at_1": f"{moment:%H:%M}",
        "facts": "Canary",
    }
    changed |= {"risk": "HIGH", "risk_reasons": "Passwords"}
    assert dpo_client.post(page_of(breach), changed).status_code == 302
    entry = AuditEntry.objects.get(action="privacy.breach.changed")
    assert "what happened" in str(entry.detail).lower()
    assert "Canary" not in str(entry.detail)


def test_the_notice_is_drafted_and_what_was_sent_is_kept(dpo_client, breach):
    page = dpo_client.get(page_of(breach, "notify")).content.decode()
    assert "Nous vous notifions une violation" in page
    now = timezone.localtime()
    sent = {"sent_at_0": f"{now:%Y-%m-%d}", "sent_at_1": f"{now:%H:%M}", "text": "As sent", "number": "C-1"}
    assert dpo_client.post(page_of(breach, "notify"), sent).status_code == 302
    noted = BreachNotification.objects.get()
    assert (noted.text, noted.number, noted.is_complete) == ("As sent", "C-1", False)
    assert "within the 72 hours" in dpo_client.get(page_of(breach)).content.decode()


def test_a_late_notice_without_reasons_is_refused_beside_the_field(dpo_client):
    breach = make_breach(aware_at=timezone.now() - timedelta(hours=80))
    now = timezone.localtime()
    sent = {"sent_at_0": f"{now:%Y-%m-%d}", "sent_at_1": f"{now:%H:%M}", "text": "As sent"}
    answer = dpo_client.post(page_of(breach, "notify"), sent)
    assert "delay_reasons" in answer.context["form"].errors
    assert not BreachNotification.objects.exists()


def test_nobody_is_written_to_before_what_leaves_was_read(dpo_client, breach):
    typed = {"email": f"{ALICE}\n{ALICE.upper()}", "language": "en", "text": "We lost a list."}
    first = dpo_client.post(page_of(breach, "tell"), typed)
    assert not Mail.objects.exists()
    assert "Read this before it leaves" in first.content.decode()
    previewed = first.context["form"].data["previewed"]
    changed = {**typed, "text": "Something else.", "previewed": previewed}
    assert dpo_client.post(page_of(breach, "tell"), changed).status_code == 200
    assert not Mail.objects.exists()
    assert dpo_client.post(page_of(breach, "tell"), {**typed, "previewed": previewed}).status_code == 302
    mail = Mail.objects.get()
    assert (mail.to, "We lost a list." in mail.text, BOB in mail.text) == (ALICE, True, False)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "email"),
        ({"email": "no address"}, "email"),
        ({"name": "Carol"}, "postal_address"),
        ({"email": ALICE, "text": ""}, "text"),
    ],
)
def test_whom_and_what_is_checked(dpo_client, breach, typed, field):
    answer = dpo_client.post(page_of(breach, "tell"), {"language": "en", "text": "x", **typed})
    assert field in answer.context["form"].errors


def test_addresses_come_as_mail_programs_copy_them_and_nothing_typed_is_lost(dpo_client, breach):
    pasted = f'"Doe, Alice" <{ALICE}>; {BOB}, carol@example.com\r\nDave Doe <dave@example.com>\n{BOB} ;'
    typed = {"email": pasted, "language": "en", "text": "We lost a list."}
    form = dpo_client.post(page_of(breach, "tell"), typed).context["form"]
    assert form.cleaned_data["email"] == [ALICE, BOB, "carol@example.com", "dave@example.com"]
    assert form["email"].value() == pasted
    for wrong in (f"{BOB} <{ALICE}", f"{BOB} carol@example.com", f"{ALICE}; nobody"):
        answer = dpo_client.post(page_of(breach, "tell"), {**typed, "email": wrong})
        assert "email" in answer.context["form"].errors, wrong
        assert answer.context["form"]["email"].value() == wrong
    assert not Mail.objects.exists()


def test_the_page_says_what_the_message_still_lacks(dpo_client, breach):
    assert "does not say yet what may follow" in dpo_client.get(page_of(breach, "tell")).text
    Breach.objects.update(effects="Spam", measures="Deleted")
    assert "does not say yet what may follow" not in dpo_client.get(page_of(breach, "tell")).text


def test_we_do_not_become_aware_after_the_notice(dpo_client, breach):
    now = timezone.now()
    BreachNotification.objects.create(
        breach=breach, sent_at=now - timedelta(hours=2), is_complete=True, text="x", recorded_at=now,
        recorded_by="user:1",
    )  # fmt: skip
    moment = timezone.localtime(now - timedelta(hours=1), CALENDAR)
    changed = {**WRITTEN, "aware_at_0": f"{moment:%Y-%m-%d}", "aware_at_1": f"{moment:%H:%M}"}
    answer = dpo_client.post(page_of(breach), changed)
    assert "aware_at" in answer.context["adminform"].form.errors
    earlier = timezone.localtime(now - timedelta(hours=30), CALENDAR)
    changed |= {"aware_at_0": f"{earlier:%Y-%m-%d}", "aware_at_1": f"{earlier:%H:%M}"}
    assert dpo_client.post(page_of(breach), changed).status_code == 302


def test_addresses_are_read_from_records_on_record(dpo_client, breach):
    make_enquiry(ALICE, received_at=timezone.now())
    page = dpo_client.get(page_of(breach, "tell"), {"holding": "website.enquiry", "language": "en"})
    assert page.context["form"].initial["email"] == ALICE
    assert "What happened:" in page.context["form"].initial["text"]
    assert "1 address was read" in page.text
    Enquiry.objects.all().delete()
    page = dpo_client.get(page_of(breach, "tell"), {"holding": "website.enquiry", "language": "en"})
    assert "0 addresses were read" in page.text
    assert "were read" not in dpo_client.get(page_of(breach, "tell")).text
    assert AuditEntry.objects.filter(action="privacy.breach.addresses_read").exists()


def test_a_letter_is_printed_posted_and_then_gone(dpo_client, breach):
    typed = {"name": "Carol Doe", "postal_address": "1 rue X", "language": "fr", "text": "Une liste."}
    typed["previewed"] = dpo_client.post(page_of(breach, "tell"), typed).context["form"].data["previewed"]
    dpo_client.post(page_of(breach, "tell"), typed)
    notice = BreachNotice.objects.get()
    letter = f"{REGISTER}{breach.pk}/letters/{notice.pk}/"
    assert dpo_client.get(letter).headers["Content-Type"] == "application/pdf"
    assert dpo_client.post(f"{letter}told/").status_code == 302
    assert dpo_client.get(letter).status_code == 404
    assert BreachNotice.objects.get().told_at


def test_a_closed_file_shows_its_facts_in_words_and_takes_no_change(dpo_client):
    now = timezone.now()
    breach = make_breach(aware_at=now, closed_at=now, closed_by="user:1", kinds=[Kind.INTEGRITY])
    page = dpo_client.get(page_of(breach)).content.decode()
    assert "integrity: data were altered" in page
    assert "Open the file again" in page
    assert dpo_client.post(page_of(breach), WRITTEN).status_code == 404
    assert dpo_client.get(page_of(breach, "tell")).status_code == 404
    dpo_client.post(page_of(breach, "reopen"))
    assert Breach.objects.get().is_open


def test_a_file_with_something_to_do_is_not_closed(dpo_client, breach):
    dpo_client.post(page_of(breach, "close"))
    assert Breach.objects.get().is_open


def test_the_register_is_a_table(dpo_client, breach):
    table = dpo_client.get(f"{REGISTER}register.csv").content.decode()
    assert "Mail to a wrong list" in table
    assert len(table.splitlines()) == 2
    assert AuditEntry.objects.filter(action="privacy.breach.exported").exists()


def test_the_first_page_of_the_desk_names_what_is_open(dpo_client, breach):
    make_breach(aware_at=timezone.now(), title="Closed one", closed_at=timezone.now())
    page = dpo_client.get("/admin/").content.decode()
    assert "1 breach is open." in page
    assert "51 hours left" in page
    assert "Closed one" not in page


def test_without_the_permission_nothing_is_seen_or_done(clerk, breach):
    client = Client()
    actors.sign_in(client, clerk)
    assert "breach" not in client.get("/admin/").content.decode()
    actors.train(clerk)
    clerk.user_permissions.set(Permission.objects.filter(codename="view_breach"))
    assert client.get(page_of(breach)).status_code == 200
    for part in ("notify", "tell"):
        assert client.get(page_of(breach, part)).status_code == 404
    assert client.post(page_of(breach, "close")).status_code == 404
