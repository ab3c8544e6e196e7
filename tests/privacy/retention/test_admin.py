"""The purge at the controller's desk, in a clerk's hands, and by the worker's tasks."""

from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.datamap.registry import holdings
from privacy.datamap.subjects import fingerprint
from privacy.mail.models import Mail
from privacy.retention import purge, tasks
from privacy.retention.models import PurgeRun
from privacy.rights import holds
from privacy.rights.models import Hold
from tests import holdings as made
from tests.conftest import ALICE, BOB

pytestmark = pytest.mark.django_db
DESK = "/admin/privacy/purgerun"


@pytest.fixture
def due_mail(db) -> Mail:
    written = timezone.now() - relativedelta(months=4)
    return Mail.objects.create(to=ALICE, message="test", language="en", written_at=written)


def test_the_controller_looks_runs_it_and_reads_the_certificate(dpo_client, dpo, due_mail):
    assert "preview" in dpo_client.get(f"{DESK}/").content.decode()
    page = dpo_client.get(f"{DESK}/preview/").content.decode()
    assert "1 record is past its period." in page
    assert Mail.objects.exists()

    answer = dpo_client.post(f"{DESK}/ask/", follow=True)
    assert answer.headers["Refresh"] == "2"
    assert AuditEntry.objects.get(action="privacy.purge.requested").actor == f"user:{dpo.pk}"
    tasks.run_requested_purge()
    run = PurgeRun.objects.get()
    certificate = dpo_client.get(f"{DESK}/{run.pk}/change/")
    assert "Refresh" not in certificate.headers
    assert "E-mails that we sent you" in certificate.content.decode()
    assert ALICE not in certificate.content.decode()
    assert not Mail.objects.exists()


def test_what_is_due_is_listed_without_a_word_of_it(dpo_client, due_mail):
    Mail.objects.filter(pk=due_mail.pk).update(subject="Canary", text="Canary")
    held = Mail.objects.create(to=BOB, message="test", language="en", written_at=due_mail.written_at)
    with trail.acting("system", "test"):
        holds.place(email=BOB, reason="A claim", review_on="2027-01-31", now=timezone.now())
    assert f"{DESK}/due/privacy.mail/" in dpo_client.get(f"{DESK}/preview/").content.decode()
    answer = dpo_client.get(f"{DESK}/due/privacy.mail/")
    page = answer.content.decode()
    assert {each.number: each.is_held for each in answer.context_data["page"].records} == {
        str(due_mail.pk): False,
        str(held.pk): True,
    }
    assert fingerprint(ALICE)[:12] in page
    for word in ("Canary", ALICE, BOB):
        assert word not in page


def test_where_nothing_is_due_is_said_once_and_folded(dpo_client, due_mail):
    preview = dpo_client.get(f"{DESK}/preview/")
    idle = {rule.holding.label for rule in preview.context_data["idle"]}
    assert idle == {known.label for known in holdings()} - {"privacy.mail"}
    assert f"{len(idle)} kinds of record with nothing to delete today or tomorrow" in preview.content.decode()
    assert "<details>" in preview.content.decode()


def test_what_falls_due_by_tomorrow_is_listed_apart(dpo_client):
    soon = timezone.now() - relativedelta(months=3) + timedelta(hours=5)
    coming = Mail.objects.create(to=ALICE, message="test", language="en", written_at=soon)
    assert not dpo_client.get(f"{DESK}/due/privacy.mail/").context_data["page"].records
    preview = dpo_client.get(f"{DESK}/preview/")
    assert "?tomorrow" in preview.content.decode()
    rule = next(rule for rule in preview.context_data["rules"] if rule.holding.model is Mail)
    assert (rule.count, rule.coming) == (0, 1)
    listed = dpo_client.get(f"{DESK}/due/privacy.mail/?tomorrow").context_data["page"].records
    assert [each.number for each in listed] == [str(coming.pk)]


def test_the_list_of_what_is_due_has_pages(dpo_client, due_mail, monkeypatch):
    Mail.objects.bulk_create(
        Mail(to=BOB, message="t", language="en", written_at=due_mail.written_at) for _number in range(70)
    )
    numbers, address = [], f"{DESK}/due/privacy.mail/"
    while address:
        answer = dpo_client.get(address)
        page = answer.context_data["page"]
        numbers += [each.number for each in page.records]
        address = f"{DESK}/due/privacy.mail/?after={page.after}" if page.after else ""
        assert not page.after or "Next page" in answer.content.decode()
    assert numbers == [str(mail.pk) for mail in Mail.objects.order_by("written_at", "pk")]


@pytest.mark.parametrize("label", [known.label for known in holdings() if known.data.purged_by.is_by_row])
def test_each_rule_has_its_list(dpo_client, label, acting):
    made.MAKERS[label](made.person("alice", timezone.now()), timezone.now() - relativedelta(years=9))
    answer = dpo_client.get(f"{DESK}/due/{label}/")
    assert answer.status_code == 200
    records = answer.context_data["page"].records
    assert records or label == "website.user"
    assert not [each for each in records if len(each.number) > 36]


@pytest.mark.parametrize("label", ["privacy.visit", "no.such", "privacy"])
def test_a_rule_without_a_list_is_not_found(dpo_client, label):
    assert dpo_client.get(f"{DESK}/due/{label}/").status_code == 404


def test_the_same_in_french(dpo_client, due_mail):
    page = dpo_client.get(f"/fr{DESK}/preview/").content.decode()
    assert "1 enregistrement a dépassé sa durée." in page
    assert "3 mois" in page


def test_looking_changes_nothing_and_a_get_does_not_purge(dpo_client, due_mail):
    assert dpo_client.get(f"{DESK}/ask/").status_code == 405
    assert dpo_client.post(f"{DESK}/preview/").status_code == 405
    assert not PurgeRun.objects.exists()


def test_a_killed_purge_says_so(dpo_client):
    run = PurgeRun.objects.create(
        state=PurgeRun.State.RUNNING, requested_at=timezone.now(), started_at=timezone.now()
    )
    assert "was interrupted" in dpo_client.get(f"{DESK}/{run.pk}/change/").content.decode()
    assert "interrupted" in dpo_client.get(f"{DESK}/").content.decode()


@pytest.mark.parametrize("key", ["0", "x", "99999999999999999999", "1_2F"])
def test_an_unknown_certificate_is_not_found(dpo_client, key):
    assert dpo_client.get(f"{DESK}/{key}/change/").status_code == 404


def test_a_certificate_cannot_be_made_changed_or_deleted_by_hand(dpo_client):
    run = PurgeRun.objects.create(state=PurgeRun.State.FINISHED, requested_at=timezone.now())
    assert dpo_client.get(f"{DESK}/add/").status_code == 403
    assert dpo_client.post(f"{DESK}/{run.pk}/change/", {"state": "REQUESTED"}).status_code == 403
    assert dpo_client.post(f"{DESK}/{run.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("page", ["/", "/preview/", "/due/privacy.mail/", "/1/change/"])
def test_staff_without_rights_see_nothing(client, clerk, page):
    client.force_login(clerk)
    assert client.get(DESK + page).status_code == 403
    assert client.post(f"{DESK}/ask/").status_code == 403
    assert not PurgeRun.objects.exists()


def test_the_hourly_task_and_the_one_that_was_requested(due_mail):
    tasks.run_requested_purge()
    assert not PurgeRun.objects.exists()
    tasks.purge()
    assert PurgeRun.objects.get().state == PurgeRun.State.FINISHED


def test_a_hold_is_placed_by_address_seen_by_pseudonym_and_lifted(dpo_client, dpo, due_mail):
    facts = {"email": ALICE.upper(), "reason": "A claim of 2026", "review_on": "2027-01-31"}
    assert dpo_client.post("/admin/privacy/hold/add/", facts).status_code == 302
    placed = Hold.objects.get()
    assert placed.placed_by == f"user:{dpo.pk}"
    page = dpo_client.get(f"/admin/privacy/hold/{placed.pk}/change/").content.decode()
    assert placed.about in page
    assert ALICE not in page
    again = dpo_client.post("/admin/privacy/hold/add/", facts)
    assert "There is already a hold on this person." in again.content.decode()
    dpo_client.post("/admin/privacy/hold/", {"action": "lift", "_selected_action": [placed.pk]})
    placed.refresh_from_db()
    assert placed.lifted_at
    actions = AuditEntry.objects.filter(action__in=["privacy.hold.placed", "privacy.hold.lifted"]).order_by(
        "id"
    )
    assert list(actions.values_list("action", flat=True)) == [
        "privacy.hold.placed",
        "privacy.hold.lifted",
    ]


def test_a_hold_needs_a_reason_and_an_address(dpo_client):
    page = dpo_client.post("/admin/privacy/hold/add/", {"email": "nobody", "reason": "", "review_on": "soon"})
    assert page.status_code == 200
    assert not Hold.objects.exists()


def test_two_purges_never_run_at_once(db):
    assert not purge.is_running()
    with purge.exclusive():
        assert purge.is_running()
    assert not purge.is_running()
