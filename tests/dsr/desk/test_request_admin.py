"""The controller's desk: the queue, the page of a request, a button for each deed."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from dsr.answer import delivery
from dsr.desk.admin_actions import ADMIN_ACTIONS
from dsr.identity import verification
from dsr.package.models import AccessPackage
from dsr.requests.identity_models import IdentityCheck, IdentityCheckMethod
from dsr.review import decisions
from dsr.rules.states import RequestState
from privacy.audit.models import AuditEntry
from privacy.files import storage
from privacy.mail.models import Mail
from tests import actors, desk_searches
from tests import holdings as made
from tests.dsr.admin_pages import QUEUE, do, offered, page_of
from tests.dsr.factories import make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


def test_what_is_due_first_stands_first_and_what_is_decided_is_not_there(dpo_client, now):
    late = make_request(now - timedelta(days=40), email="late@example.org", surname="Lateur")
    early = make_request(now - timedelta(days=2), email="early@example.org", surname="Earlier")
    done = make_request(now, email="done@example.org", surname="Donner")
    decisions.refuse(done.pk, ground="UNFOUNDED", reason="No.", now=now)
    page = dpo_client.get(QUEUE).content.decode()
    assert page.index(late.reference) < page.index(early.reference)
    assert done.reference not in page
    assert "overdue by" in page
    waits = make_request(now - timedelta(days=9), email="waits@example.org", surname="Waiter")
    verification.request_proof(waits.pk, reason="Two have this name.", now=now)
    everything = dpo_client.get(f"{QUEUE}?show=all").content.decode()
    order = [everything.index(each.reference) for each in (late, early, waits, done)]
    assert order == sorted(order)
    assert "Access (GDPR, article 15)" in everything
    overdue = dpo_client.get(f"{QUEUE}?show=overdue").content.decode()
    assert late.reference in overdue
    assert early.reference not in overdue


def test_a_closed_request_is_found_by_its_reference_and_its_address(dpo_client, now):
    done = make_request(now, email="done@example.org")
    other = make_request(now, email="other@example.org")
    decisions.refuse(done.pk, ground="UNFOUNDED", reason="No.", now=now)
    for sought in (done.reference, "done@example.org"):
        page = desk_searches.search(dpo_client, QUEUE, sought).content.decode()
        assert f"/{done.pk}/change/" in page
        assert f"/{other.pk}/change/" not in page
        still_open = desk_searches.search(dpo_client, QUEUE, sought, show="open").content.decode()
        assert f"/{done.pk}/change/" not in still_open


def test_the_last_day_is_said_and_not_left_out(dpo_client, today):
    subject_request = make_request(datetime(2026, 8, 31, 9, 0, tzinfo=UTC))
    today.move_to(datetime(2026, 9, 30, 9, 0, tzinfo=UTC))
    assert "today is the last day" in dpo_client.get(QUEUE).content.decode()
    assert "today is the last day" in page_of(dpo_client, subject_request)


def test_the_clock_is_told_line_by_line(dpo_client, today):
    today.move_to(datetime(2026, 3, 20, 9, 0, tzinfo=UTC))
    page = page_of(dpo_client, make_request(datetime(2026, 3, 5, 9, 0, tzinfo=UTC)))
    page = page[page.index('id="clock"') :]
    told = [page.index(day) for day in ("5 March 2026", "5 April 2026", "6 April 2026", "7 April 2026")]
    assert told == sorted(told)
    assert "Easter Monday" in page


def test_only_what_is_legal_is_offered(dpo_client, dpo, now, today):
    subject_request = make_request(now)
    always = {"take", "decide", "reserve", "organise", "refuse", "extend", "write", "note"}
    fresh = always | {"check-identity", "ask-identity"}
    assert offered(page_of(dpo_client, subject_request)) == fresh
    do(dpo_client, subject_request, "ask-identity", reason="Two people share this address.")
    assert offered(page_of(dpo_client, subject_request)) == always | {"check-identity", "close"}
    today.move_to(now + timedelta(days=3))
    actors.sign_in(dpo_client, dpo)  # the session has ended meanwhile
    do(dpo_client, subject_request, "check-identity", method=IdentityCheckMethod.LETTER, came_on="2026-11-25")
    assert offered(page_of(dpo_client, subject_request)) == always | {"ask-identity", "grant"}
    do(dpo_client, subject_request, "grant")
    assert offered(page_of(dpo_client, subject_request)) == {"write", "take", "organise", "note"}


def test_from_the_check_to_the_grant(dpo_client, dpo, now):
    subject_request = make_request(now)
    do(dpo_client, subject_request, "check-identity", method=IdentityCheckMethod.EMAIL)
    assert IdentityCheck.objects.get().checked_by == f"user:{dpo.pk}"
    do(dpo_client, subject_request, "grant")
    assert subject_request.state == RequestState.GRANTED
    assert AccessPackage.objects.get().built_at is None
    entry = AuditEntry.objects.get(action="dsr.request.granted")
    assert entry.actor == f"user:{dpo.pk}"


def test_an_action_that_is_no_longer_possible_is_refused_with_a_word(dpo_client, now):
    subject_request = make_request(now)
    response = dpo_client.post(f"{QUEUE}{subject_request.pk}/grant/", follow=True)
    assert "This is not possible (any more)" in response.content.decode()
    subject_request.refresh_from_db()
    assert subject_request.state == RequestState.RECEIVED


def test_a_refusal_without_ground_or_reason_is_not_sent(dpo_client, now):
    subject_request = make_request(now)
    response = do(dpo_client, subject_request, "refuse", ground="", reason="Kept words")
    assert response.status_code == 422
    assert "Kept words" in response.content.decode()
    assert subject_request.state == RequestState.RECEIVED
    assert Mail.objects.filter(message="request_refused").count() == 0
    do(dpo_client, subject_request, "refuse", ground="EXCESSIVE", reason="Kept words")
    assert subject_request.state == RequestState.REFUSED


def test_a_proof_cannot_have_come_before_it_was_asked_for(dpo_client, now):
    subject_request = make_request(now)
    do(dpo_client, subject_request, "ask-identity", reason="Doubt.")
    for day in ("2026-11-01", "2027-01-01", "soon", ""):
        said = do(
            dpo_client, subject_request, "check-identity", method=IdentityCheckMethod.LETTER, came_on=day
        )
        assert said.context["form"].errors.keys() == {"came_on"}, day
    assert IdentityCheck.objects.decided().count() == 0


def test_an_action_is_never_done_by_opening_an_address(dpo_client, now):
    subject_request = make_request(now)
    for action in ADMIN_ACTIONS:
        assert dpo_client.get(f"{QUEUE}{subject_request.pk}/{action.path}/").status_code == 405
    subject_request.refresh_from_db()
    assert subject_request.state == RequestState.RECEIVED


def test_what_is_held_is_shown_and_the_look_is_written_down(dpo_client, dpo, now):
    alice, bob = made.person("alice", now), made.person("bob", now)
    for who in (alice, bob):
        for maker in made.MAKERS.values():
            maker(who, now - made.RECENT)
    subject_request = make_request(now, email=alice.email)
    page = dpo_client.get(f"{QUEUE}{subject_request.pk}/held/").content.decode()
    assert "canary-alice" in page
    assert "bob" not in page
    entry = AuditEntry.objects.get(action="dsr.holdings.viewed")
    assert (entry.actor, entry.about, entry.key) == (
        f"user:{dpo.pk}",
        subject_request.pseudonym(),
        str(subject_request.pk),
    )
    assert entry.detail["website.enquiry"] == 1
    assert "alice" not in str(entry.detail)


def test_the_desk_shows_a_hundred_records_and_the_package_all(dpo_client, now):
    alice = made.person("alice", now)
    for minutes in range(1, 131):
        made.mail(alice, now - timedelta(minutes=minutes))
    Mail.objects.update(subject="One of many")
    subject_request = make_request(now, email=alice.email)
    page = dpo_client.get(f"{QUEUE}{subject_request.pk}/held/").content.decode()
    assert "The first hundred are shown" in page
    assert page.count("One of many") == 100
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    decisions.grant(subject_request.pk, now=now)
    delivery.build_packages(now=now)
    with zipfile.ZipFile(io.BytesIO(storage.read(subject_request.package.file))) as archive:
        assert archive.read("index.html").decode().count("One of many") == 130


def test_ip_addresses_are_told_to_security_staff_alone(dpo_client, clerk, now):
    alice = made.person("alice", now)
    made.sign_in(alice, now - made.RECENT)
    subject_request = make_request(now, email=alice.email)
    actors.train(clerk)
    clerk.user_permissions.add(Permission.objects.get(codename="view_subjectrequest"))
    client = Client()
    actors.sign_in(client, clerk)
    page = client.get(f"{QUEUE}{subject_request.pk}/held/").content.decode()
    assert "canary-alice" in page
    assert "192.0.2.1" not in page
    assert "hidden" in page
    assert "192.0.2.1" in dpo_client.get(f"{QUEUE}{subject_request.pk}/held/").content.decode()


def test_looking_at_a_request_is_written_down(dpo_client, now):
    subject_request = make_request(now)
    page_of(dpo_client, subject_request)
    assert (
        AuditEntry.objects.filter(action="dsr.subjectrequest.viewed", key=str(subject_request.pk)).count()
        == 1
    )


def test_who_has_no_right_sees_and_does_nothing(clerk, now):
    subject_request = make_request(now)
    client = Client()
    actors.sign_in(client, clerk)
    for path in ("", f"{subject_request.pk}/change/", f"{subject_request.pk}/held/"):
        assert client.get(f"{QUEUE}{path}").status_code == (404 if path else 403)
    for action in ADMIN_ACTIONS:
        assert client.post(f"{QUEUE}{subject_request.pk}/{action.path}/").status_code == 404


def test_who_may_look_may_not_therefore_decide(clerk, now):
    subject_request = make_request(now)
    actors.train(clerk)
    clerk.user_permissions.add(Permission.objects.get(codename="view_subjectrequest"))
    client = Client()
    actors.sign_in(client, clerk)
    page = page_of(client, subject_request)
    assert subject_request.reference in page
    assert offered(page) == set()
    written = [
        f"{action.path}/{what}"
        for action in ADMIN_ACTIONS
        if action.sends_message
        for what in ("preview", "letter")
    ]
    events = subject_request.events.count()
    for action in (*(action.path for action in ADMIN_ACTIONS), *written, "copy"):
        assert client.post(f"{QUEUE}{subject_request.pk}/{action}/", {}).status_code == 404
    assert client.post(f"{QUEUE}enter/", {}).status_code == 403
    assert subject_request.events.count() == events


def test_nothing_is_done_for_another_site(dpo, now):
    """Neither at the desk nor on the person's pages: a form without our token is refused before anything is read."""
    subject_request = make_request(now)
    client = Client(enforce_csrf_checks=True)
    actors.sign_in(client, dpo)
    public = ("link", "message", "withdraw", "document", "identity", "package")
    addresses = [f"{QUEUE}{subject_request.pk}/{action.path}/" for action in ADMIN_ACTIONS]
    addresses += [f"/privacy/requests/{subject_request.pk}/{page}/" for page in public]
    addresses += [f"/privacy/requests/{page}/" for page in ("new", "confirm", "follow", "download")]
    for address in (*addresses, f"{QUEUE}enter/"):
        assert client.post(address, {}).status_code == 403, address


def test_a_request_can_be_neither_added_changed_nor_deleted_by_hand(dpo_client, now):
    subject_request = make_request(now)
    assert dpo_client.get(f"{QUEUE}add/").status_code == 403
    assert dpo_client.post(f"{QUEUE}{subject_request.pk}/change/", {"state": "ANSWERED"}).status_code == 404
    assert dpo_client.post(f"{QUEUE}{subject_request.pk}/delete/", {"post": "yes"}).status_code == 404


def test_the_desk_speaks_french(dpo_client, now):
    subject_request = make_request(now)
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    page = dpo_client.get(f"/fr/admin/dsr/subjectrequest/{subject_request.pk}/change/").content.decode()
    for words in ("Le délai légal", "Accorder", "Dernier jour pour répondre", "Vérifiée le"):
        assert words in page


def test_who_did_what_is_said_in_words(dpo_client, dpo, now):
    subject_request = make_request(now)
    do(dpo_client, subject_request, "check-identity", method=IdentityCheckMethod.EMAIL)
    page = page_of(dpo_client, subject_request)
    assert page.count(f"account {dpo.pk}") == 2  # the check of the identity, and its line in the story
