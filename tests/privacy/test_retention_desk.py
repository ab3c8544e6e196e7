"""The purge at the controller's desk, in a clerk's hands, and by the worker's tasks."""

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from privacy import retention, tasks
from privacy.models import AuditEntry, Hold, Mail, PurgeRun
from tests.conftest import ALICE

pytestmark = pytest.mark.django_db
DESK = "/admin/privacy/purgerun"


@pytest.fixture
def due_mail(db) -> Mail:
    written = timezone.now() - relativedelta(months=4)
    return Mail.objects.create(to=ALICE, message="test", language="en", written_at=written)


def test_the_controller_looks_runs_it_and_reads_the_certificate(desk, dpo, due_mail):
    assert "preview" in desk.get(f"{DESK}/").content.decode()
    page = desk.get(f"{DESK}/preview/").content.decode()
    assert "1 record is past its period." in page
    assert Mail.objects.exists()

    answer = desk.post(f"{DESK}/ask/", follow=True)
    assert answer.headers["Refresh"] == "2"
    assert AuditEntry.objects.get(verb="privacy.retention.asked").actor == f"user:{dpo.pk}"
    tasks.purge_if_asked()
    run = PurgeRun.objects.get()
    certificate = desk.get(f"{DESK}/{run.pk}/change/")
    assert "Refresh" not in certificate.headers
    assert "E-mails that we sent you" in certificate.content.decode()
    assert ALICE not in certificate.content.decode()
    assert not Mail.objects.exists()


def test_the_same_in_french(desk, due_mail):
    page = desk.get(f"/fr{DESK}/preview/").content.decode()
    assert "1 enregistrement a dépassé sa durée." in page
    assert "3 mois" in page


def test_looking_changes_nothing_and_a_get_does_not_purge(desk, due_mail):
    assert desk.get(f"{DESK}/ask/").status_code == 405
    assert desk.post(f"{DESK}/preview/").status_code == 405
    assert not PurgeRun.objects.exists()


def test_a_killed_purge_says_so(desk):
    run = PurgeRun.objects.create(
        state=PurgeRun.State.RUNNING, asked_at=timezone.now(), begun_at=timezone.now()
    )
    assert "was interrupted" in desk.get(f"{DESK}/{run.pk}/change/").content.decode()
    assert "interrupted" in desk.get(f"{DESK}/").content.decode()


@pytest.mark.parametrize("key", ["0", "x", "99999999999999999999", "1_2F"])
def test_an_unknown_certificate_is_not_found(desk, key):
    assert desk.get(f"{DESK}/{key}/change/").status_code == 404


def test_a_certificate_cannot_be_made_changed_or_deleted_by_hand(desk):
    run = PurgeRun.objects.create(state=PurgeRun.State.FINISHED, asked_at=timezone.now())
    assert desk.get(f"{DESK}/add/").status_code == 403
    assert desk.post(f"{DESK}/{run.pk}/change/", {"state": "ASKED"}).status_code == 403
    assert desk.post(f"{DESK}/{run.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("page", ["/", "/preview/", "/1/change/"])
def test_staff_without_rights_see_nothing(client, clerk, page):
    client.force_login(clerk)
    assert client.get(DESK + page).status_code == 403
    assert client.post(f"{DESK}/ask/").status_code == 403
    assert not PurgeRun.objects.exists()


def test_the_hourly_task_and_the_one_for_the_impatient(due_mail):
    tasks.purge_if_asked()
    assert not PurgeRun.objects.exists()
    tasks.purge()
    assert PurgeRun.objects.get().state == PurgeRun.State.FINISHED


def test_a_hold_is_placed_by_address_seen_by_pseudonym_and_lifted(desk, dpo, due_mail):
    facts = {"email": ALICE.upper(), "reason": "A claim of 2026", "review_on": "2027-01-31"}
    assert desk.post("/admin/privacy/hold/add/", facts).status_code == 302
    placed = Hold.objects.get()
    assert placed.author == f"user:{dpo.pk}"
    page = desk.get(f"/admin/privacy/hold/{placed.pk}/change/").content.decode()
    assert placed.about in page
    assert ALICE not in page
    again = desk.post("/admin/privacy/hold/add/", facts)
    assert "stands already" in again.content.decode()
    desk.post("/admin/privacy/hold/", {"action": "lift", "_selected_action": [placed.pk]})
    placed.refresh_from_db()
    assert placed.lifted_at
    verbs = AuditEntry.objects.filter(verb__startswith="privacy.retention").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == [
        "privacy.retention.held",
        "privacy.retention.hold_lifted",
    ]


def test_a_hold_needs_a_reason_and_an_address(desk):
    page = desk.post("/admin/privacy/hold/add/", {"email": "nobody", "reason": "", "review_on": "soon"})
    assert page.status_code == 200
    assert not Hold.objects.exists()


def test_two_purges_never_run_at_once(db):
    assert not retention.is_running()
    with retention.only_one():
        assert retention.is_running()
    assert not retention.is_running()
