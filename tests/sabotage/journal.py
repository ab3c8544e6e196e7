"""Against the journal: rows, seals and triggers."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import Permission
from django.db import connection

from privacy.audit import control, trail
from privacy.audit.admin_base import AuditedModelAdmin
from privacy.audit.models import AuditEntry
from privacy.journal import entries
from privacy.seals import recheck
from tests import actors, roles
from tests import holdings as made
from tests.dsr.factories import make_request
from tests.sabotage.stage import Saboteur, Stage, tamper


def entry_that_waits_for_its_seal(stage: Stage) -> None:
    trail.record("test.done", now=stage.now - timedelta(minutes=11))


def look_without_an_end(stage: Stage) -> None:
    AuditEntry.objects.create(at=stage.now, actor="user:1", source="test", action="website.enquiry.viewed")


def look_that_ends_late(stage: Stage) -> None:
    entry = {"at": stage.now, "actor": "user:1", "source": "test", "action": "recruitment.cv.downloaded"}
    AuditEntry.objects.create(**entry, ends_at=stage.now + timedelta(days=4 * 365))


def control_without_reason(stage: Stage) -> None:
    trail.record(control.OPENED, now=stage.now, detail={"reason": " "})


def control_without_any_word(stage: Stage) -> None:
    trail.record(control.OPENED, now=stage.now)


def journal_open_to_a_clerk(stage: Stage) -> None:
    clerk = actors.make_staff("clerk@example.org")
    clerk.user_permissions.add(Permission.objects.get(codename="open_journal"))


def list_that_masks_nothing(stage: Stage) -> None:
    stage.monkeypatch.setattr(AuditedModelAdmin, "get_list_display", ModelAdmin.get_list_display)


def record_that_opens_without_a_trace(stage: Stage) -> None:
    made.enquiry(stage.person(), stage.now)
    stage.monkeypatch.setattr(AuditedModelAdmin, "note_view", lambda *_facts: None)


def month_that_nobody_reported_on(stage: Stage) -> None:
    with trail.acting("user:1", "test"):
        trail.record("website.enquiry.viewed", now=stage.now - relativedelta(months=2))


def proof_opened_without_a_reason(stage: Stage) -> None:
    trail.record("dsr.proof.opened", now=stage.now, obj=make_request(stage.now))


def proof_opened_two_hours_after_the_reason(stage: Stage) -> None:
    request, before = make_request(stage.now), stage.now - timedelta(hours=2)
    detail = {"why": "IDENTITY", "reason": "To compare the name."}
    trail.record("dsr.document.reason_given", now=before, obj=request, detail=detail)
    trail.record("dsr.proof.opened", now=stage.now, obj=request)


def line_past_its_period(stage: Stage) -> None:
    entries.note("privacy.hold.lifted", ["a" * 64], now=stage.now - timedelta(days=400))


def altered_entry(stage: Stage) -> None:
    trail.record("test.done", now=stage.now)
    stage.seal()
    tamper(
        "privacy_auditentry", "UPDATE privacy_auditentry SET action = 'test.other' WHERE action = 'test.done'"
    )


def _verified_in_the_night(stage: Stage) -> None:
    trail.record("test.done", now=stage.now - timedelta(days=1))
    stage.seal()
    recheck.verify_everything(now=stage.now - timedelta(hours=8))


def old_entry_altered(stage: Stage) -> None:
    _verified_in_the_night(stage)
    tamper("privacy_auditentry", "UPDATE privacy_auditentry SET actor = 'user:9' WHERE action = 'test.done'")


def old_entry_taken_away(stage: Stage) -> None:
    _verified_in_the_night(stage)
    tamper("privacy_auditentry", "DELETE FROM privacy_auditentry WHERE action = 'test.done'")


def trigger_switched_off(stage: Stage) -> None:
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE consent_consentevent DISABLE TRIGGER consent_consentevent_rows")


def trigger_that_lets_all_pass(stage: Stage) -> None:
    body = "BEGIN RETURN coalesce(NEW, OLD); END"
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "CREATE OR REPLACE FUNCTION privacy_refuse_change() RETURNS trigger LANGUAGE plpgsql AS %s",
            [body],
        )


def trigger_that_looks_elsewhere(stage: Stage) -> None:
    table = "privacy_auditentry"
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"DROP TRIGGER {table}_rows ON {table}")
        cursor.execute(
            f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
            " WHEN (OLD.id < 0) EXECUTE FUNCTION privacy_refuse_change()"
        )
        cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_rows")


def _granted(statement: str) -> Saboteur:
    def saboteur(stage: Stage) -> None:
        with roles.owner(), connection.cursor() as cursor:
            cursor.execute(statement.replace("{database}", connection.settings_dict["NAME"]))

    return saboteur


rights_too_many = [
    _granted(f"GRANT {right} TO {roles.APPLICATION}")
    for right in (
        "UPDATE ON privacy_auditentry",
        "UPDATE (action) ON privacy_auditentry",
        "DELETE ON dsr_subjectrequest",
        "TRUNCATE ON privacy_sealedrow",
        "TRIGGER ON privacy_auditentry",
        "INSERT ON privacy_removal",
        "INSERT ON consent_consentevent",
        "TEMPORARY ON DATABASE {database}",
        "CREATE ON SCHEMA public",
    )
]
