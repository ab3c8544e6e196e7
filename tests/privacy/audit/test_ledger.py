import pytest
from django.db import DatabaseError, connection, transaction

from privacy.audit import ledger, trail
from privacy.audit.models import AuditEntry
from privacy.retention.models import PurgeLine
from privacy.rights import erasure
from privacy.seals.models import Removal
from tests import certificates, roles

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
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        roles.owner(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEntry.objects.get().action == "privacy.test.done"


def test_the_variable_of_earlier_releases_opens_nothing_to_the_owner_either(entry):
    statement = "SELECT set_config('privacy.deletion', 'on', true); DELETE FROM privacy_auditentry"
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        roles.owner(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_what_a_certificate_covers_is_deleted_and_recorded(entry):
    gone = certificates.purge(AuditEntry.objects.filter(pk=entry.pk))
    removal = Removal.objects.get()
    assert gone.rows == 1
    assert (removal.ledger, removal.keys) == ("privacy.auditentry", [str(entry.pk)])
    assert removal.certificate == f"purge:{PurgeLine.objects.get().pk}"
    assert not AuditEntry.objects.exists()


def test_without_a_certificate_nothing_of_a_ledger_is_deleted(entry):
    with pytest.raises(ledger.UncertifiedError, match="AuditEntry"):
        erasure.delete(AuditEntry.objects.all())
    assert AuditEntry.objects.get() == entry


def test_a_standing_row_cannot_be_saved_again(entry):
    entry.action = "other"
    with pytest.raises(ledger.AppendOnlyError):
        entry.save()
