"""What is written is sealed soon, once, and each day's seals leave this database."""

import hashlib
from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.db import connection

from privacy.audit import trail
from privacy.mail.models import Mail
from privacy.seals import sealing, verification
from privacy.seals.models import DailySeal, Seal, SealedRow
from tests import actors, roles
from tests.privacy.seals.ledger_rows import INSERT, faults, run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("acting")]
DAY = timedelta(days=1)


def test_nothing_new_makes_no_seal(entries, now):
    assert sealing.seal(now=now) is None
    assert Seal.objects.count() == 1


def test_each_seal_carries_the_one_before(entries, now):
    trail.record("test.again", now=now)
    second = sealing.seal(now=now)
    first = Seal.objects.get(number=1)
    assert second is not None
    assert (second.number, second.previous, second.rows) == (2, first.sha256, 1)
    assert first.previous == sealing.NOTHING_BEFORE
    assert faults() == []


def test_the_hash_of_an_erased_row_tells_nothing(now):
    twins = [trail.record("test.done", now=now, about="f" * 64) for _ in range(2)]
    sealing.seal(now=now)
    leaves = SealedRow.objects.filter(key__in=[twin.pk for twin in twins]).values_list("leaf", flat=True)
    assert len({bytes(leaf) for leaf in leaves}) == 2
    assert all(len(leaf) == 32 for leaf in leaves)


def test_a_transaction_that_ends_late_is_sealed_late_and_not_skipped(now, entries):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(f"SET ROLE {roles.OWNER}")
            cursor.execute("BEGIN")
            cursor.execute(INSERT, [now, None])
            trail.record("test.meanwhile", now=now)
            sealing.seal(now=now)
            cursor.execute("COMMIT")
    finally:
        other.close()
    sealing.seal(now=now)
    assert faults() == []
    assert verification.verify().waiting == 0
    assert SealedRow.objects.filter(ledger="privacy.auditentry").count() == 5


def test_a_restored_dump_opens_a_new_epoch(entries, now, monkeypatch):
    trail.record("test.unsealed", now=now)
    monkeypatch.setattr(sealing, "position", lambda: ("another-system", 1))
    assert faults() == []
    adopted = sealing.seal(now=now)
    assert adopted is not None
    assert (adopted.epoch, adopted.rows) == (2, 1)
    trail.record("test.after", now=now)
    assert verification.verify().waiting == 1
    monkeypatch.setattr(sealing, "position", lambda: ("another-system", 10**9))
    assert sealing.seal(now=now).rows == 1
    assert faults() == []


def test_two_workers_make_one_chain(now, entries):
    trail.record("test.again", now=now)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [sealing.LOCK])
            assert sealing.seal(now=now) is None
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert sealing.seal(now=now) is not None


def test_the_day_is_closed_once_and_mailed(entries, now):
    assert sealing.close_day(now=now) is None
    daily = sealing.close_day(now=now + DAY)
    assert sealing.close_day(now=now + DAY) is None
    mail = Mail.objects.get(message="daily_seal")
    assert daily is not None
    assert daily.sha256 in mail.text
    assert daily.head.sha256 in mail.html
    assert DailySeal.objects.get().rows == 3


def test_every_ledger_is_protected_and_can_be_sealed():
    with connection.cursor() as cursor:
        for model in sealing.ledgers():
            cursor.execute(
                "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
                [model._meta.db_table],
            )
            found = dict(cursor.fetchall())
            assert found.pop("privacy_removal_certified", "O") == "O"
            assert found == {f"{model._meta.db_table}_rows": "A", f"{model._meta.db_table}_whole": "O"}
            cursor.execute(f"SELECT ledger_xid, ledger_salt FROM {model._meta.db_table} LIMIT 0")


def test_without_a_daily_seal_there_is_nothing_to_export():
    with pytest.raises(CommandError, match="no such daily seal"):
        run("export_seal")


def test_the_desk_shows_seals_and_hands_out_the_daily_one(entries, now, dpo_client):
    daily = sealing.close_day(now=now + DAY)
    assert daily is not None
    assert daily.head.root[:16] in dpo_client.get("/admin/privacy/seal/").content.decode()
    assert dpo_client.get("/admin/privacy/seal/1/change/").status_code == 200
    assert "Download" in dpo_client.get(f"/admin/privacy/dailyseal/{daily.pk}/change/").content.decode()
    answer = dpo_client.get(f"/admin/privacy/dailyseal/{daily.pk}/download/")
    assert hashlib.sha256(answer.content).hexdigest() == daily.sha256
    assert answer.headers["Content-Disposition"] == 'attachment; filename="seal-2026-11-23.json"'
    assert dpo_client.post("/admin/privacy/seal/1/change/", {}).status_code == 404


def test_staff_without_rights_get_no_seal(entries, now, client, clerk):
    daily = sealing.close_day(now=now + DAY)
    actors.sign_in(client, clerk)
    for address, refusal in (("seal/", 403), ("removal/", 403), (f"dailyseal/{daily.pk}/download/", 404)):
        assert client.get(f"/admin/privacy/{address}").status_code == refusal, address


def test_a_server_set_back_in_time_opens_a_new_epoch(entries, now, monkeypatch):
    """A copy of the whole server, restored: the same system, whose transactions are counted from earlier on."""
    trail.record("test.after", now=now)
    last, (cluster, _upto) = sealing.head(), sealing.position()
    assert last is not None
    monkeypatch.setattr(sealing, "position", lambda: (cluster, last.upto - 1))
    made = sealing.seal(now=now)
    assert made is not None
    assert (made.epoch, made.rows) == (last.epoch + 1, 1)


def test_the_transaction_at_the_very_edge_of_a_seal_is_under_the_next(entries, now, monkeypatch):
    first, second = trail.record("test.first", now=now), trail.record("test.second", now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_xid FROM privacy_auditentry WHERE id = %s", [second.pk])
        (edge,) = cursor.fetchone()
    cluster, _upto = sealing.position()
    monkeypatch.setattr(sealing, "position", lambda: (cluster, edge))
    assert sealing.seal(now=now).rows == 1
    monkeypatch.undo()
    assert sealing.seal(now=now).rows == 1
    sealed = SealedRow.objects.filter(ledger="privacy.auditentry", seal_id__gt=1).order_by("seal_id")
    assert list(sealed.values_list("key", flat=True)) == [str(first.pk), str(second.pk)]
