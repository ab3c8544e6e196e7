import pytest
from django.db import DatabaseError, connection, transaction

from privacy.audit import ledger, trail
from privacy.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


@pytest.fixture
def entry(now) -> AuditEntry:
    return trail.record("privacy.test.done", now=now, about="f" * 64, detail={"rows": 1})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE privacy_auditentry SET action = 'other'",
        "DELETE FROM privacy_auditentry",
        "TRUNCATE privacy_auditentry",
    ],
)
def test_the_database_refuses_to_change_a_ledger(entry, statement):
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEntry.objects.get().action == "privacy.test.done"


@pytest.mark.parametrize(
    "statement", ["UPDATE privacy_auditentry SET action = 'x'", "TRUNCATE privacy_auditentry"]
)
def test_inside_deletion_only_deletion_passes(entry, statement):
    with pytest.raises(DatabaseError, match="append-only"), ledger.deletion(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.get().action == "privacy.test.done"


def test_purge_and_erasure_can_delete_and_then_deletion_is_refused_again(entry, now):
    with ledger.deletion():
        AuditEntry.objects.all().delete()
    assert not AuditEntry.objects.exists()
    trail.record("privacy.test.again", now=now)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()


def test_a_standing_row_cannot_be_saved_again(entry):
    entry.action = "other"
    with pytest.raises(ledger.AppendOnlyError):
        entry.save()
