"""Whatever is done to a ledger behind its back is named, and what purge and erasure do is not."""

import hashlib
import json
from datetime import timedelta
from io import StringIO

import pytest
from dateutil.relativedelta import relativedelta
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from privacy import audit, erasure, ledger, merkle, retention, seals, verification
from privacy.models import AuditEntry, DailySeal, Mail, Removal, Seal, SealedRow
from privacy.verification import Kind
from tests import holdings as made

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("acting")]
DAY = timedelta(days=1)

TABLES = ("auditentry", "seal", "sealedrow", "dailyseal")


@pytest.fixture
def entries(now) -> list[AuditEntry]:
    """Three entries under the first seal."""
    found = [audit.record("test.done", now=now, detail={"n": n}) for n in range(3)]
    seals.seal(now=now)
    return found


def tamper(statement: str, *arguments: object) -> None:
    """What somebody could do who owns the database."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE privacy_{table} DISABLE TRIGGER USER")
        cursor.execute(statement, arguments)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE privacy_{table} ENABLE TRIGGER USER")
            cursor.execute(f"ALTER TABLE privacy_{table} ENABLE ALWAYS TRIGGER privacy_{table}_rows")


def faults() -> list[tuple[Kind, str]]:
    return [(fault.kind, fault.key or str(fault.seal)) for fault in verification.verify().faults]


def test_what_nobody_touched_verifies(entries):
    verdict = verification.verify()
    assert (verdict.rows, verdict.seals, verdict.waiting, verdict.faults) == (3, 1, 0, [])


def test_nothing_new_makes_no_seal(entries, now):
    assert seals.seal(now=now) is None
    assert Seal.objects.count() == 1


def test_each_seal_carries_the_one_before(entries, now):
    audit.record("test.again", now=now)
    second = seals.seal(now=now)
    first = Seal.objects.get(number=1)
    assert second is not None
    assert (second.number, second.previous, second.rows) == (2, first.sha256, 1)
    assert first.previous == seals.NOTHING_BEFORE
    assert faults() == []


@pytest.mark.parametrize(
    "change",
    [
        "verb = 'other'", "actor = 'user:9'", "at = at - interval '1 day'", "detail = '{}'", "about = 'x'",
        "ledger_salt = gen_random_uuid()",
    ],
)  # fmt: skip
def test_an_altered_row_is_named(entries, change):
    tamper(f"UPDATE privacy_auditentry SET {change} WHERE id = %s", entries[1].pk)
    assert faults() == [(Kind.ALTERED, str(entries[1].pk))]


def test_a_missing_row_is_named_even_when_the_door_of_the_purge_was_used(entries):
    with ledger.deletion(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM privacy_auditentry WHERE id = %s", [entries[0].pk])
    tamper("DELETE FROM privacy_auditentry WHERE id = %s", entries[2].pk)
    assert faults() == [(Kind.MISSING, str(entries[0].pk)), (Kind.MISSING, str(entries[2].pk))]


INSERT = """
INSERT INTO privacy_auditentry (at, actor, gesture, verb, kind, key, about, detail, ledger_xid)
VALUES (%s, 'user:1', 'test', 'test.forged', '', '', '', '{}', coalesce(%s, pg_current_xact_id()::text::bigint))
"""


def test_a_row_inserted_among_sealed_ones_is_named(entries, now):
    tamper(INSERT, now, 3)
    forged = AuditEntry.objects.get(verb="test.forged")
    assert faults() == [(Kind.INSERTED, str(forged.pk))]
    seals.seal(now=now + DAY)
    assert (Kind.INSERTED, str(forged.pk)) in faults()


def test_a_row_that_would_wait_for_its_seal_for_ever_is_named(entries, now):
    tamper(INSERT, now - DAY, 2**62)
    forged = AuditEntry.objects.get(verb="test.forged")
    seals.seal(now=now)
    assert faults() == [(Kind.INSERTED, str(forged.pk))]


def test_what_this_very_transaction_wrote_only_waits(entries, now):
    with transaction.atomic():
        audit.record("test.meanwhile", now=now)
        assert (faults(), verification.verify().waiting) == ([], 1)


def test_a_hash_under_no_seal_hides_no_row(entries, now):
    tamper(INSERT, now, 3)
    forged = AuditEntry.objects.get(verb="test.forged")
    leaf = "INSERT INTO privacy_sealedrow (seal_id, position, ledger, key, leaf) VALUES (%s, 0, %s, %s, %s)"
    for number in (0, 99):
        tamper("DELETE FROM privacy_sealedrow WHERE key = %s", str(forged.pk))
        tamper(leaf, number, "privacy.auditentry", str(forged.pk), b"x" * 32)
        assert faults() == [(Kind.HASHES, str(number))]


def test_a_row_inserted_today_with_an_old_date_is_named(entries, now):
    tamper(INSERT, now - DAY, None)
    seals.seal(now=now + timedelta(minutes=1))
    assert faults() == [(Kind.BACKDATED, str(AuditEntry.objects.get(verb="test.forged").pk))]


def test_hashes_altered_to_match_are_named_by_their_seal(entries):
    tamper("UPDATE privacy_auditentry SET verb = 'other' WHERE id = %s", entries[1].pk)
    leaf = seals.leaf_sql("privacy.auditentry", seals.columns(AuditEntry))
    tamper(f"UPDATE privacy_sealedrow s SET leaf = {leaf} FROM privacy_auditentry r WHERE s.key = r.id::text")
    assert faults() == [(Kind.HASHES, "1")]


def test_a_seal_altered_or_taken_out_is_named(entries, now):
    audit.record("test.again", now=now)
    seals.seal(now=now)
    tamper("UPDATE privacy_seal SET at = at + interval '1 minute' WHERE number = 1")
    assert faults() == [(Kind.SEAL, "1")]
    tamper("DELETE FROM privacy_seal WHERE number = 1")
    assert (Kind.CHAIN, "2") in faults()


def test_rows_that_went_with_every_hash_under_their_seal_are_missed(entries):
    tamper("DELETE FROM privacy_auditentry; DELETE FROM privacy_sealedrow")
    assert faults() == [(Kind.HASHES, "1")]


def test_a_chain_tied_to_another_past_is_named(entries, now):
    audit.record("test.again", now=now)
    seals.seal(now=now)
    forged = Seal.objects.get(number=2)
    forged.previous = "1" * 64
    tamper(
        "UPDATE privacy_seal SET previous = %s, sha256 = %s WHERE number = 2",
        forged.previous,
        seals.digest_of(forged),
    )
    assert faults() == [(Kind.CHAIN, "2")]


def test_a_daily_seal_taken_out_is_missed(entries, now):
    seals.close_day(now=now + DAY)
    audit.record("test.again", now=now + DAY)
    seals.seal(now=now + DAY)
    assert seals.close_day(now=now + 2 * DAY) is not None
    assert faults() == []
    tamper("DELETE FROM privacy_dailyseal WHERE day = (SELECT min(day) FROM privacy_dailyseal)")
    assert faults() == [(Kind.EXPORT, "2")]


def test_history_rewritten_to_the_last_hash_differs_from_the_exported_day(entries, now):
    daily = seals.close_day(now=now + DAY)
    assert daily is not None
    kept = json.loads(seals.export(daily))
    tamper("UPDATE privacy_seal SET root = repeat('0', 64) WHERE number = 1")
    forged = Seal.objects.get(number=1)
    forged.sha256 = seals.digest_of(forged)
    tamper("UPDATE privacy_seal SET sha256 = %s WHERE number = 1", forged.sha256)
    found = [(fault.kind, fault.seal) for fault in verification.verify([kept]).faults]
    assert found.count((Kind.EXPORT, 1)) == 2
    assert (Kind.SEAL, 1) not in found


def test_what_the_purge_took_still_verifies(now):
    alice, bob = made.person("alice", now), made.person("bob", now)
    old = now - relativedelta(years=5, days=1)
    for label in ("privacy.auditentry", "consent.consentevent"):
        made.MAKERS[label](alice, old)
        made.MAKERS[label](bob, now)
    seals.seal(now=now)
    retention.purge(now=now)
    seals.seal(now=now)
    verdict = verification.verify()
    assert verdict.faults == []
    assert verdict.removed == 2
    assert {removal.ledger for removal in Removal.objects.all()} == {
        "privacy.auditentry",
        "consent.consentevent",
    }
    assert not SealedRow.objects.exclude(ledger__in=[m._meta.label_lower for m in seals.ledgers()]).exists()


def test_what_was_removed_and_is_there_again_is_named(entries):
    first = AuditEntry.objects.filter(pk=entries[0].pk)
    kept = first.values().get()
    erasure.delete(first)
    assert faults() == []
    AuditEntry.objects.bulk_create([AuditEntry(**kept)])
    assert (Kind.RETURNED, str(entries[0].pk)) in faults()


def test_the_hash_of_an_erased_row_tells_nothing(now):
    twins = [audit.record("test.done", now=now, about="f" * 64) for _ in range(2)]
    seals.seal(now=now)
    leaves = SealedRow.objects.filter(key__in=[twin.pk for twin in twins]).values_list("leaf", flat=True)
    assert len({bytes(leaf) for leaf in leaves}) == 2
    assert all(len(leaf) == 32 for leaf in leaves)


def test_a_transaction_that_ends_late_is_sealed_late_and_not_skipped(now, entries):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(INSERT, [now, None])
            audit.record("test.meanwhile", now=now)
            seals.seal(now=now)
            cursor.execute("COMMIT")
    finally:
        other.close()
    seals.seal(now=now)
    assert faults() == []
    assert verification.verify().waiting == 0
    assert SealedRow.objects.filter(ledger="privacy.auditentry").count() == 5


def test_a_restored_dump_opens_a_new_epoch(entries, now, monkeypatch):
    audit.record("test.unsealed", now=now)
    monkeypatch.setattr(seals, "position", lambda: ("another-system", 1))
    assert faults() == []
    adopted = seals.seal(now=now)
    assert adopted is not None
    assert (adopted.epoch, adopted.rows) == (2, 1)
    audit.record("test.after", now=now)
    assert verification.verify().waiting == 1
    monkeypatch.setattr(seals, "position", lambda: ("another-system", 10**9))
    assert seals.seal(now=now).rows == 1
    assert faults() == []


def test_two_workers_make_one_chain(now, entries):
    audit.record("test.again", now=now)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [seals.LOCK])
            assert seals.seal(now=now) is None
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert seals.seal(now=now) is not None


def test_the_day_is_closed_once_and_mailed(entries, now):
    assert seals.close_day(now=now) is None
    daily = seals.close_day(now=now + DAY)
    assert seals.close_day(now=now + DAY) is None
    mail = Mail.objects.get(message="daily_seal")
    assert daily is not None
    assert daily.sha256 in mail.text
    assert daily.head.sha256 in mail.html
    assert DailySeal.objects.get().rows == 3


def test_every_ledger_is_protected_and_can_be_sealed():
    with connection.cursor() as cursor:
        for model in seals.ledgers():
            cursor.execute(
                "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
                [model._meta.db_table],
            )
            assert dict(cursor.fetchall()) == {
                f"{model._meta.db_table}_rows": "A", f"{model._meta.db_table}_whole": "O"
            }  # fmt: skip
            cursor.execute(f"SELECT ledger_xid, ledger_salt FROM {model._meta.db_table} LIMIT 0")


def run(command: str, *arguments: str) -> str:
    said = StringIO()
    call_command(command, *arguments, stdout=said)
    return said.getvalue()


def test_the_command_says_what_it_found(entries, now, tmp_path):
    seals.close_day(now=now + DAY)
    kept = tmp_path / "kept.json"
    kept.write_text(run("export_seal"))
    assert "Nothing was altered" in run("verify_audit", "--against", str(kept))
    tamper("UPDATE privacy_auditentry SET verb = 'other' WHERE id = %s", entries[1].pk)
    with pytest.raises(CommandError, match="1 fault"):
        run("verify_audit")


def test_without_a_daily_seal_there_is_nothing_to_export():
    with pytest.raises(CommandError, match="no such daily seal"):
        run("export_seal")


def test_a_leaf_can_never_pass_for_a_node():
    """RFC 6962, section 2.1: the hash of an empty leaf, and what is put before each kind."""
    assert merkle.leaf(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert (merkle.LEAF, merkle.NODE) == (b"\x00", b"\x01")


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 8, 13])
def test_the_root_is_that_of_rfc_6962(count: int):
    def plain(leaves: list[bytes]) -> bytes:
        if len(leaves) < 2:
            return leaves[0] if leaves else hashlib.sha256().digest()
        half = 1 << (len(leaves) - 1).bit_length() - 1
        return hashlib.sha256(merkle.NODE + plain(leaves[:half]) + plain(leaves[half:])).digest()

    leaves = [merkle.leaf(bytes([number])) for number in range(count)]
    assert merkle.root(leaves) == plain(leaves)
    for place in range(count):
        node = leaves[place]
        for side, other in merkle.path(leaves, place):
            node = hashlib.sha256(merkle.NODE + (other + node if side == "left" else node + other)).digest()
        assert node == plain(leaves)


def test_the_desk_shows_seals_and_hands_out_the_daily_one(entries, now, desk):
    daily = seals.close_day(now=now + DAY)
    assert daily is not None
    assert daily.head.root[:16] in desk.get("/admin/privacy/seal/").content.decode()
    assert desk.get("/admin/privacy/seal/1/change/").status_code == 200
    assert "Download" in desk.get(f"/admin/privacy/dailyseal/{daily.pk}/change/").content.decode()
    answer = desk.get(f"/admin/privacy/dailyseal/{daily.pk}/download/")
    assert hashlib.sha256(answer.content).hexdigest() == daily.sha256
    assert answer.headers["Content-Disposition"] == 'attachment; filename="seal-2026-11-23.json"'
    assert desk.post("/admin/privacy/seal/1/change/", {}).status_code == 403


def test_staff_without_rights_get_no_seal(entries, now, client, clerk):
    daily = seals.close_day(now=now + DAY)
    client.force_login(clerk)
    for address in ("seal/", "removal/", f"dailyseal/{daily.pk}/download/"):
        assert client.get(f"/admin/privacy/{address}").status_code == 403
