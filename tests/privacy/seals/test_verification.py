"""Whatever is done to a ledger behind its back is named, and what purge and erasure do is not."""

import json
from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.core.management import CommandError
from django.db import transaction

from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.retention import purge
from privacy.retention.models import PurgeLine, PurgeRun
from privacy.rights import erasure
from privacy.seals import sealing, verification
from privacy.seals.models import Removal, Seal, SealedRow
from privacy.seals.verification import FaultKind
from tests import certificates
from tests import holdings as made
from tests.privacy.seals.ledger_rows import INSERT, REMOVAL, faults, run, tamper

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("acting")]
DAY = timedelta(days=1)


def test_what_nobody_touched_verifies(entries):
    verdict = verification.verify()
    assert (verdict.rows, verdict.seals, verdict.waiting, verdict.faults) == (3, 1, 0, [])


@pytest.mark.parametrize(
    "change",
    [
        "action = 'other'", "actor = 'user:9'", "at = at - interval '1 day'", "detail = '{}'", "about = 'x'",
        "ledger_salt = gen_random_uuid()",
    ],
)  # fmt: skip
def test_an_altered_row_is_named(entries, change):
    tamper(f"UPDATE privacy_auditentry SET {change} WHERE id = %s", entries[1].pk)
    assert faults() == [(FaultKind.ALTERED, str(entries[1].pk))]


def test_a_missing_row_is_named(entries):
    tamper("DELETE FROM privacy_auditentry WHERE id = %s", entries[2].pk)
    assert faults() == [(FaultKind.MISSING, str(entries[2].pk))]


@pytest.mark.parametrize("certificate", ["", "purge:77", "erasure:77", "erasure:{}", "by hand"])
def test_a_removal_made_by_hand_is_named(entries, certificate):
    """It would hide that the row was taken away."""
    tamper("DELETE FROM privacy_auditentry WHERE id = %s", entries[0].pk)
    tamper(REMOVAL, [str(entries[0].pk)], certificate.format(entries[1].pk))
    assert faults() == [(FaultKind.UNCERTIFIED, str(Removal.objects.get().pk))]


def test_a_removal_under_the_certificate_of_another_is_named_by_the_count(entries):
    certificates.purge(AuditEntry.objects.filter(pk=entries[0].pk))
    assert faults() == []
    tamper("DELETE FROM privacy_auditentry WHERE id = %s", entries[1].pk)
    tamper(REMOVAL, [str(entries[1].pk)], Removal.objects.get().certificate)
    assert faults() == [(FaultKind.DIFFERENT, Removal.objects.first().certificate)]


def test_a_certificate_whose_count_was_changed_is_named(entries):
    certificates.purge(AuditEntry.objects.filter(pk=entries[0].pk))
    PurgeLine.objects.update(count=7)
    assert faults() == [(FaultKind.DIFFERENT, Removal.objects.get().certificate)]


def test_a_removal_whose_certificate_was_taken_away_is_named(entries):
    certificates.purge(AuditEntry.objects.filter(pk=entries[0].pk))
    PurgeRun.objects.all().delete()
    assert faults() == [(FaultKind.UNCERTIFIED, str(Removal.objects.get().pk))]


def test_an_erasure_certifies_what_it_removed_also_when_its_entry_was_purged(entries, now):
    alice = made.person("alice", now)
    made.MAKERS["consent.consentevent"](alice, now)
    erasure.erase(alice.subject(), now=now)
    (removal,) = Removal.objects.all()
    entry = AuditEntry.objects.get(action="privacy.erasure.erased")
    assert (removal.ledger, removal.certificate) == ("consent.consentevent", f"erasure:{entry.pk}")
    assert faults() == []
    certificates.purge(AuditEntry.objects.filter(pk=entry.pk))
    assert faults() == []


def test_a_removal_from_before_certificates_counts_while_its_seal_is_as_old(entries, now):
    """As an upgraded site has them."""
    long_ago = "UPDATE django_migrations SET applied = '2100-01-01' WHERE name LIKE '%%removal_certificate'"
    tamper(long_ago)
    tamper("DELETE FROM privacy_auditentry WHERE id = %s", entries[0].pk)
    tamper(REMOVAL, [str(entries[0].pk)], "")
    assert faults() == []
    sealing.seal(now=now + DAY)
    assert faults() == []
    tamper("DELETE FROM privacy_auditentry WHERE id = %s", entries[1].pk)
    tamper(REMOVAL, [str(entries[1].pk)], "")
    sealing.seal(now=now + 2 * DAY)
    assert faults() == [(FaultKind.UNCERTIFIED, str(Removal.objects.first().pk))]


def test_a_row_inserted_among_sealed_ones_is_named(entries, now):
    tamper(INSERT, now, 3)
    forged = AuditEntry.objects.get(action="test.forged")
    assert faults() == [(FaultKind.INSERTED, str(forged.pk))]
    sealing.seal(now=now + DAY)
    assert (FaultKind.INSERTED, str(forged.pk)) in faults()


def test_a_row_that_would_wait_for_its_seal_for_ever_is_named(entries, now):
    tamper(INSERT, now - DAY, 2**62)
    forged = AuditEntry.objects.get(action="test.forged")
    sealing.seal(now=now)
    assert faults() == [(FaultKind.INSERTED, str(forged.pk))]


def test_what_this_very_transaction_wrote_only_waits(entries, now):
    with transaction.atomic():
        trail.record("test.meanwhile", now=now)
        assert (faults(), verification.verify().waiting) == ([], 1)


def test_a_hash_under_no_seal_hides_no_row(entries, now):
    tamper(INSERT, now, 3)
    forged = AuditEntry.objects.get(action="test.forged")
    leaf = "INSERT INTO privacy_sealedrow (seal_id, position, ledger, key, leaf) VALUES (%s, 0, %s, %s, %s)"
    for number in (0, 99):
        tamper("DELETE FROM privacy_sealedrow WHERE key = %s", str(forged.pk))
        tamper(leaf, number, "privacy.auditentry", str(forged.pk), b"x" * 32)
        assert faults() == [(FaultKind.HASHES, str(number))]


def test_a_row_inserted_today_with_an_old_date_is_named(entries, now):
    tamper(INSERT, now - DAY, None)
    sealing.seal(now=now + timedelta(minutes=1))
    assert faults() == [(FaultKind.BACKDATED, str(AuditEntry.objects.get(action="test.forged").pk))]


def test_hashes_altered_to_match_are_named_by_their_seal(entries):
    tamper("UPDATE privacy_auditentry SET action = 'other' WHERE id = %s", entries[1].pk)
    leaf = sealing.leaf_sql("privacy.auditentry", sealing.columns(AuditEntry))
    tamper(f"UPDATE privacy_sealedrow s SET leaf = {leaf} FROM privacy_auditentry r WHERE s.key = r.id::text")
    assert faults() == [(FaultKind.HASHES, "1")]


def test_a_seal_altered_or_taken_out_is_named(entries, now):
    trail.record("test.again", now=now)
    sealing.seal(now=now)
    tamper("UPDATE privacy_seal SET at = at + interval '1 minute' WHERE number = 1")
    assert faults() == [(FaultKind.SEAL, "1")]
    tamper("DELETE FROM privacy_seal WHERE number = 1")
    assert (FaultKind.CHAIN, "2") in faults()


def test_rows_that_went_with_every_hash_under_their_seal_are_missed(entries):
    tamper("DELETE FROM privacy_auditentry; DELETE FROM privacy_sealedrow")
    assert faults() == [(FaultKind.HASHES, "1")]


def test_a_chain_tied_to_another_past_is_named(entries, now):
    trail.record("test.again", now=now)
    sealing.seal(now=now)
    forged = Seal.objects.get(number=2)
    forged.previous = "1" * 64
    tamper(
        "UPDATE privacy_seal SET previous = %s, sha256 = %s WHERE number = 2",
        forged.previous,
        sealing.digest_of(forged),
    )
    assert faults() == [(FaultKind.CHAIN, "2")]


def test_a_daily_seal_taken_out_is_missed(entries, now):
    sealing.close_day(now=now + DAY)
    trail.record("test.again", now=now + DAY)
    sealing.seal(now=now + DAY)
    assert sealing.close_day(now=now + 2 * DAY) is not None
    assert faults() == []
    tamper("DELETE FROM privacy_dailyseal WHERE day = (SELECT min(day) FROM privacy_dailyseal)")
    assert faults() == [(FaultKind.EXPORT, "2")]


def test_history_rewritten_to_the_last_hash_differs_from_the_exported_day(entries, now):
    daily = sealing.close_day(now=now + DAY)
    assert daily is not None
    kept = json.loads(sealing.export(daily))
    tamper("UPDATE privacy_seal SET root = repeat('0', 64) WHERE number = 1")
    forged = Seal.objects.get(number=1)
    forged.sha256 = sealing.digest_of(forged)
    tamper("UPDATE privacy_seal SET sha256 = %s WHERE number = 1", forged.sha256)
    found = [(fault.kind, fault.seal) for fault in verification.verify([kept]).faults]
    assert found.count((FaultKind.EXPORT, 1)) == 2
    assert (FaultKind.SEAL, 1) not in found


def test_what_the_purge_took_still_verifies(now):
    alice, bob = made.person("alice", now), made.person("bob", now)
    old = now - relativedelta(years=5, days=1)
    for label in ("privacy.auditentry", "consent.consentevent"):
        made.MAKERS[label](alice, old)
        made.MAKERS[label](bob, now)
    sealing.seal(now=now)
    purge.run(now=now)
    sealing.seal(now=now)
    verdict = verification.verify()
    assert verdict.faults == []
    assert verdict.removed == 2
    assert {removal.ledger for removal in Removal.objects.all()} == {
        "privacy.auditentry",
        "consent.consentevent",
    }
    assert not SealedRow.objects.exclude(ledger__in=[m._meta.label_lower for m in sealing.ledgers()]).exists()


def test_what_was_removed_and_is_there_again_is_named(entries):
    first = AuditEntry.objects.filter(pk=entries[0].pk)
    kept = first.values().get()
    certificates.purge(first)
    assert faults() == []
    AuditEntry.objects.bulk_create([AuditEntry(**kept)])
    assert (FaultKind.RETURNED, str(entries[0].pk)) in faults()
    tamper("UPDATE privacy_auditentry SET action = 'test.other' WHERE id = %s", entries[0].pk)
    assert {(FaultKind.RETURNED, str(entries[0].pk)), (FaultKind.ALTERED, str(entries[0].pk))} <= set(
        faults()
    )


def test_the_command_says_what_it_found(entries, now, tmp_path):
    sealing.close_day(now=now + DAY)
    kept = tmp_path / "kept.json"
    kept.write_text(run("export_seal"))
    said = run("verify_audit", "--against", str(kept))
    assert "Nothing was altered" in said
    assert "Compared with 1 daily seals kept elsewhere, the last of 2026-11-23." in said
    assert "Compared with no daily seal kept elsewhere" in run("verify_audit")
    tamper("UPDATE privacy_auditentry SET action = 'other' WHERE id = %s", entries[1].pk)
    with pytest.raises(CommandError, match="1 fault"):
        run("verify_audit")
