"""What the application may do is given out of the models, again and again, and to new tables too."""

import contextlib
import os
from datetime import timedelta
from io import StringIO

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction

from privacy import checks
from privacy.audit import ledger, trail
from privacy.audit.models import AuditEntry
from privacy.database import functions, owner, rights
from tests import roles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
ACL = (
    "SELECT c.relname, c.relacl::text FROM pg_class c WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
)


def ask(statement: str) -> list:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def as_owner(*statements: str) -> None:
    with roles.owner():
        for statement in statements:
            ask(statement)


def give() -> None:
    with roles.owner():
        functions.install()
        rights.give(roles.APPLICATION)


def may(statement: str) -> bool:
    try:
        with transaction.atomic():
            ask(statement)
    except ProgrammingError:  # a right that is missing is one
        return False
    return True


def test_the_tests_are_the_application():
    assert ask("SELECT current_user") == [(roles.APPLICATION,)]
    assert rights.rewritable() == set()


def test_the_owner_could_rewrite_everything_that_is_kept():
    with roles.owner():
        assert (
            rights.rewritable() == ledger.kept() >= ledger.tables() | {"dsr_subjectrequest", "privacy_breach"}
        )


def test_the_check_warns_where_one_role_does_both():
    assert checks.check_rights(None, ["default"]) == []
    with roles.owner():
        (warning,) = checks.check_rights(None, ["default"])
    assert warning.id == "privacy.W005"
    assert checks.check_rights(None) == []


def test_giving_rights_again_changes_nothing():
    before = ask(ACL)
    give()
    assert ask(ACL) == before


def test_a_right_too_many_is_taken_back():
    as_owner(
        "GRANT ALL ON privacy_auditentry TO softnlabs_app, PUBLIC",
        "GRANT UPDATE (root) ON privacy_seal TO PUBLIC",
    )
    as_owner("GRANT UPDATE ON dsr_subjectrequest TO softnlabs_app")
    assert rights.rewritable() == {"privacy_auditentry", "privacy_seal", "dsr_subjectrequest"}
    give()
    assert rights.rewritable() == set()
    assert not may("UPDATE privacy_seal SET root = ''")


@pytest.mark.parametrize("role", ["pg_write_all_data", "pg_execute_server_program"])
def test_a_role_that_it_may_become_counts_also_where_it_inherits_nothing(role):
    with contextlib.closing(psycopg2.connect(os.environ[roles.ADMINISTRATOR_URL])) as administration:
        administration.autocommit = True
        with administration.cursor() as cursor:
            cursor.execute(f"GRANT {role} TO {roles.APPLICATION} WITH INHERIT FALSE")
            try:
                assert rights.rewritable() == ledger.kept()
            finally:
                cursor.execute(f"REVOKE {role} FROM {roles.APPLICATION}")
    assert rights.rewritable() == set()


def test_a_table_that_nobody_declared_can_only_be_read():
    as_owner("CREATE TABLE made_by_hand (id bigint)")
    for _time in range(2):
        assert may("SELECT * FROM made_by_hand")
        assert not may("INSERT INTO made_by_hand VALUES (1)")
        give()


def test_a_table_that_is_kept_from_now_on_loses_the_right_to_delete():
    assert may("DELETE FROM privacy_draft")
    as_owner(ledger.KEEP.format(table="privacy_draft"))
    give()
    assert not may("DELETE FROM privacy_draft")
    assert may("UPDATE privacy_draft SET email = email WHERE false")
    assert not may("UPDATE privacy_draft SET id = id WHERE false")


def test_a_table_that_is_kept_no_more_has_no_function_any_more():
    as_owner(ledger.UNKEEP.format(table="dsr_enclosure"))
    give()
    assert ask("SELECT to_regproc('privacy_delete_dsr_enclosure') IS NULL") == [(True,)]
    assert may("DELETE FROM dsr_enclosure")


def test_each_function_is_the_owners_and_looks_nowhere_else():
    listed = ",".join(functions.names())
    found = ask(
        "SELECT proname, prosecdef, pg_get_userbyid(proowner), proconfig::text, proacl::text FROM pg_proc"
        f" WHERE pronamespace = 'public'::regnamespace AND proname = ANY ('{{{listed}}}')"
    )
    assert {name for name, *_rest in found} == functions.names()
    for name, is_definers, who, path, granted in found:
        assert (is_definers, who) == (True, roles.OWNER), name
        assert "pg_catalog, public, pg_temp" in path, name
        assert granted == "{softnlabs=X/softnlabs,softnlabs_app=X/softnlabs}", name


def test_tables_that_nothing_ever_leaves_have_no_function():
    never = {"privacy_policyversion", "privacy_policytext", "privacy_seal", "privacy_sealedrow", "privacy_removal",
             "privacy_dailyseal", "privacy_verification", "consent_wording",
             "website_pageversion"}  # fmt: skip
    assert {model._meta.db_table for model in functions.deletable()} == ledger.kept() - never


def test_a_trigger_that_was_put_to_sleep_is_awake_again():
    as_owner("ALTER TABLE privacy_removal DISABLE TRIGGER privacy_removal_certified")
    give()
    asked = "SELECT tgenabled::text FROM pg_trigger WHERE tgname = 'privacy_removal_certified'"
    assert ask(asked) == [("O",)]


def test_the_owner_connects_as_its_own_address_says(settings, monkeypatch):
    """Not as the application's: an address that asks for TLS gets it."""
    monkeypatch.setattr(connection, "close", lambda: None)
    settings.DATABASE_OWNER = {"USER": "softnlabs", "OPTIONS": {"sslmode": "verify-full"}}
    before = dict(connection.settings_dict)
    with owner.connected():
        assert connection.settings_dict["USER"] == "softnlabs"
        assert connection.settings_dict["OPTIONS"] == {"sslmode": "verify-full"}
    assert connection.settings_dict == before


def test_who_may_not_migrate_is_told_who_may(monkeypatch):
    monkeypatch.setattr(owner, "connected", contextlib.nullcontext)
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL"):
        call_command("migrate")
    with roles.owner():
        assert owner.is_connected()


def test_of_one_role_nobody_is_given_rights(settings):
    settings.DATABASE_OWNER = {}
    assert owner.application_role() is None
    settings.DATABASE_OWNER = {"USER": settings.DATABASE_ROLE}
    assert owner.application_role() is None


def test_a_locked_ledger_is_still_written_and_read(now):
    entry = trail.record("test.done", now=now)
    assert AuditEntry.objects.get(pk=entry.pk).at == now
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(at=now + timedelta(days=1))


def test_the_plan_of_migrations_changes_nothing():
    said = StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(functions, "install", None)
        patch.setattr(owner, "connected", roles.owner)
        call_command("migrate", plan=True, stdout=said)
    assert "No planned migration operations" in said.getvalue()
