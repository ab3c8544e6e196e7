"""What whoever is signed in does with their own requests and data: less to type, nothing to confirm by mail."""

import json
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.apps import apps
from django.test import Client

from dsr.answer import delivery
from dsr.follow_up import follow_up
from dsr.messages.models import Author, RequestMessage
from dsr.my_data import views
from dsr.requests.models import SubjectRequest, UnconfirmedRequest
from privacy.audit.models import AuditEntry
from privacy.datamap.subjects import fingerprint
from privacy.mail.models import Mail
from softnlabs.website.accounts.models import User
from tests import actors
from tests import holdings as made
from tests.dsr import packages
from tests.dsr.factories import make_request, plain_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]
PAGE, MINE = "/account/data/", "/privacy/requests/mine/"


@pytest.fixture
def alice(now: datetime) -> made.SamplePerson:
    found = made.person("alice", now - timedelta(days=30))
    User.objects.filter(pk=found.account).update(first_name="Alice", surname="Martin")
    return found


@pytest.fixture
def browser(alice: made.SamplePerson) -> Client:
    client = Client()
    actors.sign_in(client, User.objects.get(pk=alice.account))
    return client


def text(response) -> str:
    return unescape(response.content.decode())


def test_a_request_needs_neither_name_nor_address_nor_a_mailed_link(browser, alice):
    page = text(browser.get(f"{MINE}?right=ERASURE"))
    assert f"we answer at {alice.email}" in page
    for name in ("surname", "first_name", "email", "for_whom", "mandate"):
        assert f'name="{name}"' not in page
    assert page.count("checked") == 1
    response = browser.post(MINE, {"rights": ["ERASURE"]})
    made_request = SubjectRequest.objects.get()
    assert response["Location"] == f"/privacy/requests/{made_request.pk}/"
    assert (made_request.surname, made_request.first_name, made_request.email) == (
        "Martin",
        "Alice",
        alice.email,
    )
    assert made_request.rights == ["ERASURE"]
    assert not UnconfirmedRequest.objects.exists()
    assert not Mail.objects.filter(message="request_confirm").exists()
    assert browser.get(response["Location"]).status_code == 200


def test_an_account_without_a_name_is_asked_for_it(browser, alice):
    User.objects.filter(pk=alice.account).update(first_name="", surname="")
    assert 'name="surname"' in text(browser.get(MINE))
    assert browser.post(MINE, {"rights": ["ERASURE"]}).status_code == 200
    assert not SubjectRequest.objects.exists()
    browser.post(MINE, {"rights": ["ERASURE"], "surname": "Martin"})
    assert SubjectRequest.objects.get().surname == "Martin"


def test_no_name_or_address_that_is_sent_along_counts(browser, alice):
    browser.post(
        MINE, {"rights": ["ACCESS"], "email": "bob@example.org", "surname": "Bob", "for_whom": "another"}
    )
    assert SubjectRequest.objects.get().email == alice.email
    assert SubjectRequest.objects.get().surname == "Martin"


def test_a_correction_starts_from_the_present_value(browser, alice, now):
    row = made.MAKERS["website.enquiry"](alice, now - made.RECENT)
    type(row).objects.update(surname="Martin", telephone="+33 5 59 00 00 00")
    address = f"{MINE}correct/website.enquiry/{row.pk}/telephone/"
    assert f'href="{address}"' in text(browser.get(PAGE))
    page = text(browser.get(address))
    assert "+33 5 59 00 00 00</textarea>" in page
    assert 'name="surname"' not in page
    browser.post(address, {"wished": "+33 5 59 11 11 11"})
    asked = SubjectRequest.objects.get()
    assert asked.rights == ["RECTIFICATION"]
    assert "today “+33 5 59 00 00 00”. It should say: “+33 5 59 11 11 11”." in asked.details
    type(row).objects.get(telephone="+33 5 59 00 00 00")  # nothing changes before somebody decides


@pytest.mark.parametrize(("field", "typed"), [("telephone", "000000"), ("postcode", "A-")])
def test_a_number_that_cannot_be_is_refused_there_too(browser, alice, now, field, typed):
    row = made.MAKERS["website.enquiry"](alice, now - made.RECENT)
    type(row).objects.update(surname="Martin")
    page = browser.post(f"{MINE}correct/website.enquiry/{row.pk}/{field}/", {"wished": typed})
    assert list(page.context["form"].errors) == ["wished"]
    assert not SubjectRequest.objects.exists()


def test_what_is_missing_can_be_completed(browser, alice, now):
    row = made.MAKERS["website.enquiry"](alice, now - made.RECENT)
    type(row).objects.update(surname="Martin", postcode="")
    assert f"{MINE}correct/website.enquiry/{row.pk}/postcode/" in text(browser.get(PAGE))


def test_what_stands_there_already_is_no_correction(browser, alice):
    address = f"{MINE}correct/website.user/{alice.account}/surname/"
    assert "Please change it" in text(browser.post(address, {"wished": "Martin"}))
    assert "Write what it should say" in text(browser.post(address, {"wished": ""}))
    assert not SubjectRequest.objects.exists()


@pytest.mark.parametrize("field", ["password", "message", "no_field"])
def test_what_may_not_be_corrected_has_no_such_page(browser, alice, field):
    assert browser.get(f"{MINE}correct/website.user/{alice.account}/{field}/").status_code == 404


def test_nobody_corrects_what_is_bobs(browser, now):
    bob = made.person("bob", now)
    row = made.MAKERS["website.enquiry"](bob, now - made.RECENT)
    for address in (f"website.user/{bob.account}/surname/", f"website.enquiry/{row.pk}/surname/"):
        assert browser.get(f"{MINE}correct/{address}").status_code == 404
        assert browser.post(f"{MINE}correct/{address}", {"wished": "x"}).status_code == 404


def test_the_list_has_state_due_day_and_a_message_that_waits(browser, alice, now):
    request = make_request(now, alice.email, surname="Martin")
    other = make_request(now, "bob@example.org", surname="Bob")
    page = text(browser.get(PAGE))
    assert request.reference in page
    assert other.reference not in page
    assert "Our answer is due on 23 December 2026." in page
    assert "A message from us waits" not in page
    RequestMessage(request=request, written_at=now, author=Author.CONTROLLER, text="Which message?").save()
    assert "A message from us waits" in text(browser.get(PAGE))
    follow_up.write(request.pk, "The one of May", now=now + timedelta(minutes=1))
    assert "A message from us waits" not in text(browser.get(PAGE))


def test_a_request_opens_without_a_mailed_link(browser, alice, now):
    request = make_request(now, alice.email, surname="Martin")
    assert browser.get(f"/privacy/requests/{request.pk}/").status_code == 403
    assert browser.post(f"/privacy/requests/{request.pk}/open/").status_code == 302
    assert browser.get(f"/privacy/requests/{request.pk}/").status_code == 200


def test_nobody_opens_or_fetches_what_is_bobs(browser, now):
    bob = made.person("bob", now)
    request = packages.granted(bob, now)
    SubjectRequest.objects.update(surname="Martin")  # they are called the same
    delivery.build_packages(now=now)
    for what in ("open", "fetch"):
        assert browser.post(f"/privacy/requests/{request.pk}/{what}/").status_code == 404
    assert browser.get(f"/privacy/requests/{request.pk}/").status_code == 403


def test_who_shares_the_mailbox_under_another_name_has_requests_of_their_own(browser, alice, now):
    request = make_request(now, alice.email, first_name="Bruno", surname="Martin")
    assert request.reference not in text(browser.get(PAGE))
    assert browser.post(f"/privacy/requests/{request.pk}/open/").status_code == 404


def test_a_request_that_somebody_made_and_answers_to_is_theirs(browser, alice, now):
    request = plain_request(alice.email, "Alice", now)
    row = made.MAKERS["dsr.representative"](alice, now)
    SubjectRequest.objects.update(first_name="", surname=alice.canary)
    User.objects.filter(pk=alice.account).update(first_name="", surname=alice.canary)
    assert browser.post(f"/privacy/requests/{request.pk}/open/").status_code == 302
    type(row.mandate).objects.create(
        request=request, digest="0" * 64, answers_to="REPRESENTATIVE", sent_at=now
    )
    assert browser.post(f"/privacy/requests/{request.pk}/open/").status_code == 404
    type(row.mandate).objects.filter(pk=row.mandate.pk).update(answers_to="REPRESENTATIVE")
    assert browser.post(f"/privacy/requests/{row.mandate.request_id}/open/").status_code == 302


def test_a_copy_that_is_ready_is_downloaded_at_once_and_on_record(browser, alice, now):
    request = make_request(now, alice.email, surname="Martin")
    assert browser.post(f"/privacy/requests/{request.pk}/fetch/").status_code == 404
    granted = packages.granted_request(request, now)
    delivery.build_packages(now=now)
    assert "Your copy can be downloaded until" in text(browser.get(PAGE))
    response = browser.post(f"/privacy/requests/{granted.pk}/fetch/")
    assert response["Content-Type"] == "application/zip"
    granted.package.refresh_from_db()
    assert granted.package.downloads == 1


def test_the_file_has_what_the_page_has_and_is_on_record(browser, alice, now):
    row = made.MAKERS["website.enquiry"](alice, now - made.RECENT)
    type(row).objects.update(surname="Martin", message="Only for Alice")
    made.MAKERS["website.enquiry"](made.person("bob", now), now - made.RECENT)
    response = browser.post(f"{MINE}copy/")
    assert response["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert "no-store" in response["Cache-Control"]
    found = json.loads(response.content)
    kinds = {each["name"]: each for each in found["holdings"]}
    assert [each["data"]["message"] for each in kinds["website.enquiry"]["records"]] == ["Only for Alice"]
    assert kinds["website.enquiry"]["not_listed"] == 0
    assert "bob" not in response.content.decode()
    entry = AuditEntry.objects.get(action="dsr.my_data.downloaded")
    assert entry.about == fingerprint(alice.email)
    assert "Alice" not in str(entry.detail)


def test_not_too_many_files_in_an_hour(browser):
    answers = [browser.post(f"{MINE}copy/").status_code for _ in range(views.COPIES_OF_ACCOUNT.times + 1)]
    assert answers == [200] * views.COPIES_OF_ACCOUNT.times + [429]


def test_a_form_from_whoever_is_not_signed_in_leads_to_the_page_afterwards(now):
    response = Client().post(f"{MINE}copy/")
    assert response["Location"] == f"/account/sign-in/?next={PAGE}"


def test_without_a_confirmed_address_the_form_for_everybody_is_shown(browser, monkeypatch):
    monkeypatch.setattr(apps.get_app_config("website"), "confirmed_addresses", lambda _account: ())
    assert browser.get(MINE)["Location"] == "/privacy/requests/new/"


def test_the_public_form_confirms_by_mail_for_an_address_that_is_not_confirmed(browser, alice, monkeypatch):
    monkeypatch.setattr(apps.get_app_config("website"), "confirmed_addresses", lambda _account: ())
    browser.post(
        "/privacy/requests/new/",
        {"rights": ["ACCESS"], "surname": "M", "email": alice.email, "for_whom": "self"},
    )
    assert Mail.objects.filter(message="request_confirm", to=alice.email).exists()
