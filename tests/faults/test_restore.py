"""A backup is restored: the site says so, and erases again what had been erased since."""

from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.journal import entries
from privacy.journal.models import JournalMark
from privacy.mail import tasks as mail_tasks
from privacy.mail.models import Mail
from privacy.retention import purge
from privacy.retention import tasks as retention_tasks
from privacy.rights import erasure, restriction
from privacy.rights.erasure import RowReference
from privacy.seals import sealing, verification
from softnlabs.website.enquiries.models import Enquiry
from tests import holdings as made
from tests.conftest import ALICE, BOB
from tests.faults.backups import backup, everything_about, held, restore

pytestmark = [
    pytest.mark.fault,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("acting", "journal_read_on_each_page"),
]


def test_a_restored_backup_is_seen_and_forgets_again_whom_it_brought_back(tmp_path, client):
    alice, bob = everything_about("alice"), everything_about("bob")
    erasure.erase(made.person("carol", timezone.now()).subject(), now=timezone.now())
    dump = backup(tmp_path)
    assert held(alice) == held(bob) != set()
    erasure.erase(alice.subject(), now=timezone.now())
    assert held(alice) == set()
    assert client.get("/").status_code == 200

    restore(dump)
    assert held(alice) == held(bob)
    for address in ("/", "/fr/contact/", "/admin/", "/admin/login/", "/privacy/requests/new/", "/contact/"):
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code == 503, address
            assert answer.headers["Retry-After"]
    page = client.get("/fr/contact/").content.decode()
    assert "Le site se prépare" in page
    assert client.get("/health/").json()["parts"]["journal"] == "down"
    assert [warning.id for warning in run_checks(databases=["default"]) if warning.id == "privacy.W001"]
    before = Mail.objects.count()
    retention_tasks.purge()
    mail_tasks.deliver_mail()
    assert Mail.objects.count() == before
    with pytest.raises(entries.DatabaseRestoredError):
        purge.run(now=timezone.now())
    with pytest.raises(entries.DatabaseRestoredError):
        erasure.erase(bob.subject(), now=timezone.now())

    call_command("replay_erasures")
    assert held(alice) == set()
    assert held(bob) != set()
    assert client.get("/").status_code == 200
    assert client.get("/health/").json()["parts"]["journal"] == "up"
    assert AuditEntry.objects.get(action="privacy.erasure.replayed").detail["erasures"] == 1
    call_command("replay_erasures")
    assert AuditEntry.objects.filter(action="privacy.erasure.replayed").count() == 1


def test_what_was_purged_goes_again_and_what_stayed_by_exception_stays(tmp_path):
    now = timezone.now()
    alice = everything_about("alice")
    Mail.objects.create(to=BOB, message="test", language="en", written_at=now - relativedelta(months=4))
    kept = Enquiry.objects.get(email=ALICE)
    dump = backup(tmp_path)
    erasure.erase(alice.subject(), now=now, exempt=[RowReference("website.enquiry", str(kept.pk))])
    purge.run(now=now)
    restore(dump)
    assert Mail.objects.filter(to=BOB).exists()
    call_command("replay_erasures")
    assert not Mail.objects.filter(to=BOB).exists()
    assert held(alice) == {"website.enquiry"}


def test_who_came_back_after_an_erasure_before_the_backup_stays(tmp_path):
    alice = everything_about("alice")
    erasure.erase(alice.subject(), now=timezone.now())
    Enquiry.objects.create(
        email=ALICE,
        surname="Martin",
        message="Me again",
        received_at=timezone.now(),
        last_contact_at=timezone.now(),
    )
    dump = backup(tmp_path)
    erasure.erase(made.person("carol", timezone.now()).subject(), now=timezone.now())
    restore(dump)
    call_command("replay_erasures")
    assert Enquiry.objects.filter(email=ALICE).count() == 1


def test_a_writer_that_died_is_confirmed_by_the_line_after_it(tmp_path, monkeypatch):
    alice, bob = everything_about("alice"), everything_about("bob")
    dump = backup(tmp_path)
    with monkeypatch.context() as dead:
        dead.setattr(transaction, "on_commit", lambda *arguments, **options: None)
        erasure.erase(alice.subject(), now=timezone.now())
    erasure.erase(bob.subject(), now=timezone.now())
    restore(dump)
    call_command("replay_erasures")
    assert held(alice) == held(bob) == set()


def test_a_restored_ledger_still_verifies_and_is_sealed_on(tmp_path):
    now = timezone.now()
    everything_about("alice")
    sealing.seal(now=now)
    trail.record("test.not_sealed_yet", now=now)
    dump = backup(tmp_path)
    restore(dump)
    assert verification.verify().waiting == 1
    trail.record("test.after", now=now)
    sealing.seal(now=now)
    verdict = verification.verify()
    assert (verdict.faults, verdict.waiting, verdict.seals) == ([], 0, 2)


def test_the_journal_holds_no_personal_data_and_is_for_its_owner_alone():
    alice = everything_about("alice")
    restriction.restrict(alice.subject(), reason="She contests it", now=timezone.now())
    erasure.erase(alice.subject(), now=timezone.now())
    path = settings.ERASURE_JOURNAL
    text = path.read_text()
    for word in (alice.email, alice.canary, str(alice.visitor), alice.visitor.hex, alice.session):
        assert word not in text
    assert path.stat().st_mode & 0o077 == 0


def test_an_erasure_that_was_rolled_back_does_not_look_like_a_restored_backup(tmp_path):
    alice = everything_about("alice")
    with transaction.atomic():
        erasure.erase(alice.subject(), now=timezone.now())
        transaction.set_rollback(True)
    assert not entries.is_restored()
    assert held(alice) != set()
    erasure.erase(alice.subject(), now=timezone.now())
    assert not entries.is_restored()
    assert [entry.number for entry in entries.unapplied()] == []


def test_a_writer_that_dies_after_its_commit_is_confirmed_by_the_next_look(tmp_path, monkeypatch):
    alice = everything_about("alice")
    dump = backup(tmp_path)
    with monkeypatch.context() as dead:
        dead.setattr(transaction, "on_commit", lambda *arguments, **options: None)
        erasure.erase(alice.subject(), now=timezone.now())
    assert not entries.is_restored()
    restore(dump)
    assert entries.is_restored()
    call_command("replay_erasures")
    assert held(alice) == set()


def test_a_line_cut_by_a_crash_costs_nothing_but_itself(caplog):
    alice = everything_about("alice")
    erasure.erase(alice.subject(), now=timezone.now())
    with settings.ERASURE_JOURNAL.open("a") as file:
        file.write('{"n": 7, "dee')
    entries._of.cache_clear()
    assert not entries.is_restored()
    bob = everything_about("bob")
    erasure.erase(bob.subject(), now=timezone.now() + timedelta(seconds=1))
    assert JournalMark.get() == 2
    assert not entries.is_restored()
    assert "cannot be read" in caplog.text


def test_without_a_journal_no_page_costs_a_query(client, django_assert_num_queries):
    assert not settings.ERASURE_JOURNAL.exists()
    with django_assert_num_queries(0):
        assert entries.is_ready()
