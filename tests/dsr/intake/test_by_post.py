"""A letter that comes by post: entered at the desk, its clock runs from the day on which it came."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from consent.prospecting import prospecting
from dsr.answer import delivery
from dsr.identity import verification
from dsr.intake.models import IncomingLetter
from dsr.messages import letters
from dsr.messages.letter_models import SentLetter
from dsr.package.models import AccessPackage
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.requests.models import SubjectRequest
from dsr.review import decisions, reminders
from dsr.rules.deadlines import LateExtensionError
from dsr.rules.states import RequestState
from privacy.audit.models import AuditEntry
from privacy.companies.models import FormAssignment
from privacy.files import storage
from privacy.mail.models import Mail
from privacy.policy import publishing
from tests import actors, documents, prospects
from tests.dsr.admin_pages import QUEUE, do, offered, page_of
from tests.dsr.by_post import ADDRESS, ENTER, filled
from tests.dsr.factories import make_request
from tests.dsr.letters import last_letter, words_of
from tests.evidence import evidence
from tests.privacy.factories import make_subsidiary

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


def entered(dpo_client: Client, **changes) -> SubjectRequest:
    response = dpo_client.post(ENTER, filled(**changes))
    assert response.status_code == 302, response.content.decode()
    return SubjectRequest.objects.get(pk=response.headers["Location"].split("/")[-3])


def test_the_button_stands_at_the_queue_for_whoever_may_press_it(dpo_client, clerk):
    assert ENTER in dpo_client.get(QUEUE).content.decode()
    assert dpo_client.get(ENTER).status_code == 200
    client = Client()
    actors.sign_in(client, clerk)
    assert client.get(ENTER).status_code == client.post(ENTER, filled()).status_code == 403
    assert SubjectRequest.objects.count() == 0


@pytest.mark.parametrize(
    ("came", "due"),
    [
        ("2026-03-05", "2026-04-07"),
        ("2026-01-31", "2026-03-02"),
        ("2026-04-01", "2026-05-04"),
        ("2026-08-31", "2026-09-30"),
    ],
)
def test_the_clock_runs_from_the_day_of_receipt(dpo_client, today, dpo, came: str, due: str):
    today.move_to(datetime.fromisoformat(due).replace(tzinfo=UTC))  # entered late, the day does not move
    actors.sign_in(dpo_client, dpo)
    subject_request = entered(dpo_client, received_on=came)
    assert str(subject_request.due_on) == due
    assert subject_request.clock().received_on == date.fromisoformat(came)
    assert "today is the last day" in page_of(dpo_client, subject_request)


def test_a_letter_is_collected_for_the_controller_whichever_company_the_form_is_for(dpo_client, now):
    version = publishing.publish(now=now)
    FormAssignment.objects.create(form="dsr.request", entity=make_subsidiary())
    subject_request = entered(dpo_client)
    assert (subject_request.entity, subject_request.policy_version) == ("818 145 302", version.number)
    page = page_of(dpo_client, subject_request)
    stamp = publishing.version_stamp()
    assert f"<dd>SoftNLabs (SIREN 818 145 302), version {stamp} of the policy</dd>" in page


def test_a_letter_of_this_morning_was_not_received_this_noon(dpo_client, now, today):
    today.move_to(now.replace(hour=7))
    assert entered(dpo_client, received_on="2026-11-23").received_at == now.replace(hour=7)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"received_on": "2026-11-24"}, "still to come"),
        ({"scan": ""}, "choose a file"),
        ({"rights": []}, "This is needed."),
        ({"postal_address": ""}, "This is needed."),
        ({"surname": ""}, "This is needed."),
        ({"answer": "email"}, "Without an address the answer goes by post."),
        ({"rights": ["RECTIFICATION"]}, "in the person&#x27;s words"),
        ({"rights": ["NO_NAVIGATION"]}, "NO_NAVIGATION is not one of"),
        ({"reference": "0000-0000"}, "No request has this reference."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_entered(dpo_client, changes, words: str):
    response = dpo_client.post(ENTER, filled(**changes))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert SubjectRequest.objects.count() == IncomingLetter.objects.count() == 0


def test_without_an_address_everything_goes_by_post(dpo_client, dpo, now):
    subject_request = entered(dpo_client)
    assert (subject_request.by_post, subject_request.email, subject_request.postal_address) == (
        True,
        "",
        ADDRESS,
    )
    assert set(Mail.objects.values_list("message", flat=True)) == {"request_waiting"}
    letter = last_letter(subject_request)
    text = words_of(storage.read(letter.file))
    for words in (
        "3 rue des Écoles",
        "64000 Pau",
        "nous est parvenue le 20 novembre 2026",
        subject_request.reference,
    ):
        assert words in text
    page = page_of(dpo_client, subject_request)
    assert "Answers go by post" in page
    assert "to be posted" in page
    do(dpo_client, subject_request, "post", letter=str(letter.pk), day="2026-11-23")
    letter.refresh_from_db()
    assert (letter.posted_on, letter.posted_by) == (date(2026, 11, 23), f"user:{dpo.pk}")
    assert "post" not in offered(page_of(dpo_client, subject_request))


def test_a_letter_that_nobody_has_posted_is_counted_each_morning(dpo_client, now):
    """A person who is answered by post has no other answer: decided is not answered, as long as it lies here."""
    subject_request = entered(dpo_client)
    decisions.refuse(subject_request.pk, ground="UNFOUNDED", reason="No.", now=now)
    assert reminders.digest(now=now)
    assert "Lettres à imprimer et à poster : 2" in Mail.objects.get(message="request_digest").text.replace(
        "\u00a0", " "
    )
    for letter in SentLetter.objects.to_post():
        letters.mark_posted(subject_request.pk, letter=letter.pk, day=now.date(), now=now)
    assert not reminders.digest(now=now + timedelta(days=1))


@pytest.mark.parametrize("day", ["2026-11-22", "2026-11-24"])
def test_a_letter_is_not_posted_before_it_is_written_nor_tomorrow(dpo_client, day: str):
    subject_request = entered(dpo_client)
    do(dpo_client, subject_request, "post", letter=str(last_letter(subject_request).pk), day=day)
    assert SentLetter.objects.to_post().count() == 1
    with pytest.raises(letters.PostingDateError):
        letters.mark_posted(
            subject_request.pk,
            letter=last_letter(subject_request).pk,
            day=date.fromisoformat(day),
            now=timezone.now(),
        )


def test_the_copy_of_who_is_answered_by_post_is_fetched_at_the_desk_on_record(dpo_client, client, clerk, now):
    subject_request = entered(dpo_client, email="alice@example.org", identity="CHECKED")
    do(dpo_client, subject_request, "grant")
    delivery.build_packages(now=now)
    subject_request.refresh_from_db()
    assert subject_request.state == RequestState.ANSWERED
    assert "jointe à ce courrier" in words_of(storage.read(last_letter(subject_request).file))
    assert not Mail.objects.filter(to="alice@example.org").exists()
    assert f"{subject_request.pk}/copy/" in page_of(dpo_client, subject_request)
    actors.train(clerk)
    clerk.user_permissions.add(*Permission.objects.filter(codename__endswith="subjectrequest"))
    actors.sign_in(client, clerk)
    assert "ask somebody who may see IP addresses" in page_of(client, subject_request)
    assert client.post(f"{QUEUE}{subject_request.pk}/copy/").status_code == 404
    assert not AuditEntry.objects.filter(action="dsr.copy.fetched").exists()
    response = dpo_client.post(f"{QUEUE}{subject_request.pk}/copy/")
    assert response.content.startswith(b"PK")
    assert AuditEntry.objects.filter(action="dsr.copy.fetched", key=str(subject_request.pk)).count() == 1


def test_the_copy_of_who_is_answered_by_mail_is_not_for_the_desk(dpo_client, now):
    subject_request = make_request(now)
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    decisions.grant(subject_request.pk, now=now)
    delivery.build_packages(now=now)
    assert AccessPackage.objects.ready(now).exists()
    assert dpo_client.post(f"{QUEUE}{subject_request.pk}/copy/").status_code == 302


def test_with_an_address_the_answer_may_go_by_mail(dpo_client):
    subject_request = entered(dpo_client, email="Alice@Example.org", answer="email")
    assert subject_request.email == "alice@example.org"
    assert Mail.objects.filter(message="request_received", to="alice@example.org").count() == 1
    assert not last_letter(subject_request).by_post


def test_a_right_that_is_named_twice_is_entered_once(dpo_client):
    assert entered(dpo_client, rights=["ACCESS", "ACCESS"]).rights == ["ACCESS"]


def test_what_is_done_at_once_is_done_for_an_address_and_left_to_the_desk_without(dpo_client, now):
    prospects.confirmed(email="alice@example.org", sentence="Yes", language="en", page="/", now=now)
    known = entered(dpo_client, rights=["NO_PROSPECTING"], email="alice@example.org")
    assert (known.state, prospecting.is_suppressed("alice@example.org")) == (RequestState.ANSWERED, True)
    unknown = entered(dpo_client, rights=["NO_PROSPECTING"])
    assert (unknown.state, unknown.items.get().outcome) == (RequestState.RECEIVED, "")


def test_the_scan_is_encrypted_and_opened_on_record_alone(dpo_client, clerk):
    subject_request = entered(dpo_client)
    letter = IncomingLetter.objects.get()
    assert b"%PDF" not in storage.path_of(letter.scan_id).read_bytes()
    address = f"{QUEUE}{subject_request.pk}/scans/{letter.pk}/"
    assert address in page_of(dpo_client, subject_request)
    assert dpo_client.get(address).content.startswith(b"%PDF")
    assert AuditEntry.objects.filter(action="dsr.document.opened", key=str(subject_request.pk)).count() == 1
    client = Client()
    actors.sign_in(client, clerk)
    assert client.get(address).status_code == 404


def test_a_scan_is_chosen_once(dpo_client):
    page = dpo_client.post(ENTER, filled(surname="")).content.decode()
    assert "scan-kept" in page
    token = page.split('name="scan-kept" value="')[1].split('"')[0]
    entered(dpo_client, scan="", **{"scan-kept": token})


def test_a_checked_proof_in_the_envelope_is_a_check(dpo_client, dpo):
    subject_request = entered(dpo_client, identity="CHECKED")
    check = subject_request.identity_checks.get()
    assert (check.method, check.checked_by) == (IdentityCheckMethod.LETTER, f"user:{dpo.pk}")
    assert "grant" in offered(page_of(dpo_client, subject_request))
    assert "check-identity" in offered(page_of(dpo_client, entered(dpo_client, identity="TO_CHECK")))


def test_of_somebody_without_an_address_no_restriction_is_promised(dpo_client, now):
    subject_request = entered(
        dpo_client, rights=["ACCESS", "RESTRICTION"], details="I contest it.", identity="CHECKED"
    )
    assert (
        "not possible" in dpo_client.post(f"{QUEUE}{subject_request.pk}/grant/", follow=True).content.decode()
    )
    subject_request.refresh_from_db()
    assert subject_request.state == RequestState.RECEIVED
    do(dpo_client, subject_request, "decide", right="RESTRICTION", outcome="NOTHING")
    do(dpo_client, subject_request, "grant")
    assert delivery.build_packages(now=now) == 1


def test_a_button_that_is_pressed_twice_enters_one_letter(dpo_client, dpo, today, now):
    assert entered(dpo_client) == entered(dpo_client)
    assert IncomingLetter.objects.count() == SubjectRequest.objects.count() == 1
    entered(dpo_client, surname="Another")
    entered(dpo_client, scan=SimpleUploadedFile("letter.pdf", documents.blank_pdf(2)))
    today.move_to(now + timedelta(minutes=11))
    actors.sign_in(dpo_client, dpo)
    entered(dpo_client)  # two alike that came on one day can be entered, the second one later
    assert SubjectRequest.objects.count() == 4


def test_the_database_knows_no_request_that_cannot_be_answered(dpo_client):
    subject_request = entered(dpo_client)
    for facts in ({"by_post": False}, {"postal_address": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SubjectRequest.objects.filter(pk=subject_request.pk).update(**facts)


# An extension that is told by post counts from the day of its posting -----------------------------------------------


def extend(dpo_client: Client, subject_request: SubjectRequest, posted_on: str):
    return do(dpo_client, subject_request, "extend", reason="Many records", posted_on=posted_on)


@pytest.mark.parametrize(
    ("pressed", "posted", "due"),
    [
        ("2026-04-05", "2026-04-05", "2026-06-05"),  # the last day of the nominal month, a Sunday
        ("2026-04-09", "2026-04-05", "2026-06-05"),  # entered later: the letter left in time
        ("2026-04-09", "2026-03-05", "2026-06-05"),
    ],
)
def test_an_extension_counts_from_the_day_of_posting(dpo_client, dpo, today, pressed, posted, due):
    today.move_to(datetime(2026, 3, 5, 10, tzinfo=UTC))
    actors.sign_in(dpo_client, dpo)
    subject_request = entered(dpo_client, received_on="2026-03-05")
    today.move_to(datetime.fromisoformat(f"{pressed}T10:00:00+00:00"))
    actors.sign_in(dpo_client, dpo)
    assert "extend" in offered(page_of(dpo_client, subject_request))
    assert extend(dpo_client, subject_request, posted).status_code == 302
    letter = SentLetter.objects.get(message="request_extended")
    assert subject_request.clock().extended_on == letter.posted_on == date.fromisoformat(posted)
    assert letter.posted_by.startswith("user:")
    assert subject_request.due_on.isoformat() == due
    assert not Mail.objects.filter(message="request_extended").exists()
    assert evidence("data.extended", timezone.now()).is_kept
    assert "extend" not in offered(page_of(dpo_client, subject_request))


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ("2026-04-06", "The first month ended on 5 April 2026"),
        ("2026-04-08", "still to come"),
        ("2026-03-04", "came after this day"),
        ("", "required"),
    ],
)
def test_an_extension_outside_the_first_month_is_refused_in_words(dpo_client, dpo, today, posted, said):
    today.move_to(datetime(2026, 3, 5, 10, tzinfo=UTC))
    actors.sign_in(dpo_client, dpo)
    subject_request = entered(dpo_client, received_on="2026-03-05")
    today.move_to(datetime(2026, 4, 7, 10, tzinfo=UTC))
    actors.sign_in(dpo_client, dpo)
    response = extend(dpo_client, subject_request, posted)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert (subject_request.extended_at, subject_request.due_on) == (None, date(2026, 4, 7))


def test_whoever_is_answered_by_mail_is_told_at_the_press_and_no_day_is_asked(dpo_client, now):
    subject_request = make_request(now)
    assert "posted_on" not in page_of(dpo_client, subject_request)
    do(dpo_client, subject_request, "extend", reason="Many records", posted_on="2026-11-01")
    assert subject_request.extended_at == timezone.now()


def test_the_rule_itself_refuses_a_posting_out_of_time(now):
    subject_request = make_request(now)
    with pytest.raises(letters.PostingDateError):
        decisions.extend(subject_request.pk, reason="Much", posted_on=now.date() + timedelta(days=1), now=now)
    late = now + timedelta(days=40)
    with pytest.raises(LateExtensionError):
        decisions.extend(subject_request.pk, reason="Much", posted_on=late.date(), now=late)


def test_the_promise_sees_a_letter_that_was_posted_on_another_day(dpo_client):
    subject_request = entered(dpo_client)
    extend(dpo_client, subject_request, timezone.now().date().isoformat())
    SentLetter.objects.filter(message="request_extended").update(posted_on=date(2027, 1, 5))
    assert not evidence("data.extended", timezone.now()).is_kept
