"""The application's own connection tries to change a ledger, in each way that we know: none works.

Each way is proved to be one: the owner or the cluster's superuser does the same with success, or the application does
with the arguments that are right. Everything is rolled back.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg2
import pytest

from privacy.database import functions
from tests import roles
from tests.faults.databases import address_of_the_test_database

# As collected: while tests run, the bound is that of tests, which travel in time (tests/conftest.py).
IN_USE, ENDS_BACK = functions.CLOCKS_DIFFER, functions.ENDS_BACK
pytestmark = pytest.mark.django_db
OWNER, SUPERUSER = "owner", "superuser"
ASLEEP = "ALTER TABLE privacy_auditentry DISABLE TRIGGER USER"
ENTRY = "(id, at, actor, source, action, kind, key, about, detail)"
VALUES = "(%(new)s, now(), 'user:1', 'test', 'test.done', '', '', '', '{}')"
DELETE = (
    "SELECT privacy_delete_privacy_auditentry('purge', %(line)s, ARRAY[%(new)s]::bigint[], 'system', 'test')"
)
RIGHT = DELETE.replace("%(new)s", "%(old)s")  # the same of an entry that is due
ERASE = "SELECT privacy_delete_consent_consentevent('erasure', %(new)s, ARRAY[%(event)s]::bigint[], 'system', 'test')"
ERASED = f"INSERT INTO privacy_auditentry {ENTRY} VALUES {VALUES}".replace(
    "test.done", "privacy.erasure.erased"
).replace("'{}'", """'{"rows": 1}'""")
ERASE_RIGHT = f"{ERASED.replace('%(new)s', '%(free)s')}; {ERASE.replace('%(new)s', '%(free)s')}"
DROP = "SELECT privacy_drop_visits(%(visits)s, ARRAY['{}'])"
# The period of visits on that day is over in some days.
SOON = "(now() AT TIME ZONE 'GMT' - interval '6 months' + interval '4 days')::date"
END = "UPDATE consent_consentterm SET ended_at = now() - interval '5 months'"
LINE = "(run_id, holding, since, period, cut_off, count, dependants, files, held, early)"


@dataclass(frozen=True)
class Way:
    """``able`` is who can do it, after ``first``; ``right`` is what the application can do instead."""

    name: str
    attempt: str
    able: str = ""
    first: str = ""
    right: str = ""


WAYS = [
    # The verbs
    Way("UPDATE", "UPDATE privacy_auditentry SET action = 'x' WHERE id = %(new)s", OWNER, ASLEEP),
    Way("DELETE", "DELETE FROM privacy_auditentry WHERE id = %(new)s", OWNER, ASLEEP),
    Way("TRUNCATE", "TRUNCATE privacy_auditentry", OWNER, ASLEEP),
    Way("DELETE from a kept table", "DELETE FROM dsr_subjectrequest", OWNER),
    Way("TRUNCATE a kept table with all that depends", "TRUNCATE dsr_requestevent, privacy_breachnotice", OWNER,
        "SET session_replication_role = replica"),
    Way("MERGE", "MERGE INTO privacy_auditentry e USING (SELECT %(new)s AS id) s ON e.id = s.id"
        " WHEN MATCHED THEN DELETE", OWNER, ASLEEP),
    Way("ON CONFLICT DO UPDATE", f"INSERT INTO privacy_auditentry {ENTRY} VALUES {VALUES}"
        " ON CONFLICT (id) DO UPDATE SET action = 'x'", OWNER, ASLEEP),
    Way("WITH ... DELETE", "WITH gone AS (DELETE FROM privacy_auditentry RETURNING *) SELECT * FROM gone", OWNER,
        ASLEEP),
    Way("a parent row, whose rows go along", "DELETE FROM consent_consentterm WHERE id = %(term)s", OWNER,
        "SET session_replication_role = replica"),
    Way("a parent row under another number, whose rows are then free to go",
        "UPDATE dsr_subjectrequest SET id = gen_random_uuid()", OWNER,
        right="UPDATE dsr_subjectrequest SET closed_at = closed_at"),
    # The table and its triggers
    Way("ALTER TABLE", "ALTER TABLE privacy_auditentry ADD COLUMN more text", OWNER),
    Way("ALTER COLUMN", "ALTER TABLE privacy_auditentry ALTER COLUMN action TYPE text USING 'x'", OWNER),
    Way("ALTER OWNER", "ALTER TABLE privacy_auditentry OWNER TO softnlabs_app", SUPERUSER),
    Way("DROP TABLE", "DROP TABLE privacy_sealedrow", OWNER),
    Way("DROP TRIGGER", "DROP TRIGGER privacy_auditentry_rows ON privacy_auditentry", OWNER),
    Way("DISABLE TRIGGER", "ALTER TABLE privacy_auditentry DISABLE TRIGGER privacy_auditentry_rows", OWNER),
    Way("DISABLE TRIGGER ALL", "ALTER TABLE privacy_auditentry DISABLE TRIGGER ALL", SUPERUSER),
    Way("a trigger of its own", "CREATE TRIGGER own BEFORE INSERT ON privacy_auditentry"
        " FOR EACH ROW EXECUTE FUNCTION privacy_refuse_change()", OWNER),
    Way("the function of the trigger", "CREATE OR REPLACE FUNCTION privacy_refuse_change() RETURNS trigger"
        " LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'", OWNER),
    Way("a rule", "CREATE RULE own AS ON INSERT TO privacy_auditentry DO INSTEAD NOTHING", OWNER),
    Way("a cascading foreign key", "ALTER TABLE consent_consentevent ADD FOREIGN KEY (term_id)"
        " REFERENCES consent_consentterm ON DELETE CASCADE NOT VALID", OWNER),
    Way("a table that inherits", "CREATE TABLE own () INHERITS (privacy_auditentry)", OWNER),
    Way("row security", "ALTER TABLE privacy_auditentry ENABLE ROW LEVEL SECURITY", OWNER),
    # Objects of its own
    Way("a table", "CREATE TABLE own (id int)", OWNER),
    Way("a temporary table", "CREATE TEMPORARY TABLE privacy_purgeline (id int)", OWNER),
    Way("a schema", "CREATE SCHEMA own", OWNER),
    Way("a view through which to write", "CREATE VIEW own AS SELECT * FROM privacy_auditentry", OWNER),
    Way("a function", "CREATE FUNCTION own() RETURNS int LANGUAGE sql AS 'SELECT 1'", OWNER),
    # Who it is
    Way("SET ROLE", "SET ROLE softnlabs", SUPERUSER),
    Way("SET SESSION AUTHORIZATION", "SET SESSION AUTHORIZATION softnlabs", SUPERUSER),
    Way("session_replication_role", "SET session_replication_role = replica", OWNER),
    Way("a grant to itself", "GRANT UPDATE ON privacy_auditentry TO softnlabs_app;"
        " UPDATE privacy_auditentry SET action = 'x'", OWNER, ASLEEP),
    Way("membership of the owner", "GRANT softnlabs TO softnlabs_app", SUPERUSER),
    Way("a right by ALTER ROLE", "ALTER ROLE softnlabs_app CREATEROLE", SUPERUSER),
    Way("the variable of earlier releases", "SELECT set_config('privacy.deletion', 'on', true);"
        " DELETE FROM privacy_auditentry WHERE id = %(new)s", OWNER, ASLEEP),
    Way("the variable of the functions", "SELECT set_config('privacy.deleted_by',"
        " 'privacy_delete_privacy_auditentry', true); DELETE FROM privacy_auditentry WHERE id = %(new)s", OWNER),
    # Files and programs of the server
    Way("COPY from a program", "COPY privacy_auditentry FROM PROGRAM 'true'", SUPERUSER),
    Way("COPY to a program", "COPY privacy_auditentry TO PROGRAM 'cat >/dev/null'", SUPERUSER),
    Way("lo_import", "SELECT lo_import('/etc/hostname')", SUPERUSER),
    Way("lo_export over a file", "SELECT lo_from_bytea(424242, ''); SELECT lo_export(424242, '/dev/null')", SUPERUSER),
    Way("the files of the tables", "SELECT pg_read_binary_file('PG_VERSION')", SUPERUSER),
    # What seals rest on
    Way("a removal made by hand", "INSERT INTO privacy_removal (ledger, keys, actor, source, certificate)"
        " VALUES ('privacy.auditentry', ARRAY['1'], 'system', 'test', '')", OWNER),
    Way("COPY into the removals", "COPY privacy_removal (ledger) FROM '/dev/null'", SUPERUSER),
    Way("an entry of another transaction", f"INSERT INTO privacy_auditentry {ENTRY[:-1]}, ledger_xid)"
        f" VALUES {VALUES[:-1]}, 3)".replace("%(new)s", "%(free)s"), OWNER),
    Way("a number used again", "SELECT setval('privacy_auditentry_id_seq', 1)", OWNER),
    Way("the migrations that were applied", "DELETE FROM django_migrations", OWNER),
    # What makes a row due
    Way("an end long ago", "UPDATE consent_consentterm SET ended_at = now() - interval '13 months' WHERE id = %(term)s",
        OWNER, "ALTER TABLE consent_consentterm DISABLE TRIGGER USER", right=f"{END} WHERE id = %(term)s"),
    Way("an end that is moved back little by little", f"{END} WHERE id = %(term)s; UPDATE consent_consentterm"
        " SET ended_at = ended_at - interval '200 days'; UPDATE consent_consentterm"
        " SET ended_at = ended_at - interval '200 days'", OWNER,
        "ALTER TABLE consent_consentterm DISABLE TRIGGER USER",
        right=f"{END} WHERE id = %(term)s; UPDATE consent_consentterm SET ended_at = ended_at - interval '200 days'"),
    Way("an end that is taken away first", f"{END} WHERE id = %(term)s; UPDATE consent_consentterm SET ended_at = NULL;"
        " UPDATE consent_consentterm SET ended_at = '2001-01-01'", OWNER,
        "ALTER TABLE consent_consentterm DISABLE TRIGGER USER",
        right=f"UPDATE consent_consentterm SET ended_at = NULL; {END}"),
    Way("a message of another request", "UPDATE dsr_requestmessage SET request_id = gen_random_uuid()", OWNER,
        "SET session_replication_role = replica", right="UPDATE dsr_requestmessage SET request_id = request_id"),
    Way("a term of another number", "UPDATE consent_consentterm SET id = 7 + id", OWNER,
        "SET session_replication_role = replica"),
    # The functions, with what they must not take
    Way("a table that has no function",
        "SELECT privacy_delete_privacy_seal('purge', %(line)s, ARRAY[1::bigint], '', '')", right=RIGHT),
    Way("an entry that is not due", DELETE, right=RIGHT),
    Way("an entry of a person on hold", DELETE.replace("%(new)s", "%(held)s"), right=RIGHT),
    Way("one that is due with one that is not", DELETE.replace("ARRAY[", "ARRAY[%(old)s, "), right=RIGHT),
    Way("the line of another table", RIGHT.replace("%(line)s", "%(visits)s"), right=RIGHT),
    Way("the line of a purge that has ended", RIGHT.replace("%(line)s", "%(ended)s"), right=RIGHT),
    Way("a line that nobody wrote", RIGHT.replace("%(line)s", "2000000000"), right=RIGHT),
    Way("a line whose time is to come", "UPDATE privacy_purgeline SET cut_off = '2200-01-01' WHERE id = %(line)s;"
        f" {DELETE}", right=f"UPDATE privacy_purgeline SET cut_off = now() WHERE id = %(line)s; {RIGHT}"),
    Way("a kind of certificate that there is not", RIGHT.replace("'purge'", "'order'"), right=RIGHT),
    Way("an erasure of what no erasure takes", f"{ERASED}; ".replace("%(new)s", "%(free)s")
        + RIGHT.replace("'purge', %(line)s", "'erasure', %(free)s"), right=ERASE_RIGHT),
    Way("an erasure under an entry of before", ERASE, right=ERASE_RIGHT),
    Way("an erasure without an entry", ERASE.replace("%(new)s", "%(free)s"), right=ERASE_RIGHT),
    Way("an erasure whose entry counts less", ERASE_RIGHT.replace('"rows": 1', '"rows": 0'), right=ERASE_RIGHT),
    Way("an erasure whose entry counts nothing", ERASE_RIGHT.replace('"rows": 1', ""), right=ERASE_RIGHT),
    Way("an erasure whose entry is taken back",
        f"SAVEPOINT before; {ERASE_RIGHT.replace('; ', '; ROLLBACK TO before; ')}",
        right=f"SAVEPOINT before; {ERASE_RIGHT.replace('; ', '; RELEASE before; ')}"),
    Way("an erasure that is looked at before it ends", f"SET CONSTRAINTS ALL IMMEDIATE; {ERASE}",
        right=f"SET CONSTRAINTS ALL IMMEDIATE; {ERASE_RIGHT}"),
    Way("the path of another schema", f"SET search_path = pg_temp, pg_catalog, public; {DELETE}",
        right=f"SET search_path = pg_temp, pg_catalog, public; {RIGHT}"),
    Way("a ledger as a partition", DROP.format("privacy_auditentry"), right=DROP.format("privacy_visit_20240101")),
    Way("SQL as the name of a partition", DROP.format("privacy_visit_20240101, privacy_auditentry"),
        right=DROP.format("privacy_visit_20240101")),
    Way("a partition that is not due", "SELECT privacy_detach_visits(%(visits)s, '{partition}')",
        right="SELECT privacy_make_visits('2024-01-02', '2024-01-03');"
        " SELECT privacy_detach_visits(%(visits)s, 'privacy_visit_20240102')"),
    Way("a partition of this week under the name of an old one", "SELECT privacy_detach_visits(%(visits)s,"
        " 'privacy_visit_20240101 , {partition}')", right=DROP.format("privacy_visit_20240101")),
    Way("a time zone of its own that is named UTC",
        f"SELECT privacy_make_visits({SOON}, {SOON} + 1); SET TimeZone = '<UTC>-167';"
        f" SELECT privacy_detach_visits(%(visits)s, 'privacy_visit_' || to_char({SOON}, 'YYYYMMDD'))",
        right="SET TimeZone = '<UTC>-167'; SELECT privacy_make_visits('2024-01-02', '2024-01-03');"
        " SELECT privacy_detach_visits(%(visits)s, 'privacy_visit_20240102')"),
    Way("a partition attached by hand", "ALTER TABLE privacy_visit ATTACH PARTITION privacy_visit_20240101"
        " FOR VALUES FROM ('2024-01-01T00:00:00Z') TO ('2024-01-02T00:00:00Z')", OWNER),
    Way("a partition for ten years", "SELECT privacy_make_visits('2040-01-01', '2050-01-01')",
        right="SELECT privacy_make_visits('2040-01-01', '2040-01-08')"),
    Way("what the functions ask", "SELECT privacy_certified('purge', %(line)s, 'privacy.auditentry')", OWNER),
]  # fmt: skip
FILL = f"""
INSERT INTO privacy_auditentry {ENTRY} OVERRIDING SYSTEM VALUE VALUES
  (900000001, '2019-01-01', 'user:1', 'test', 'test.old', '', '', '', '{{}}'),
  (900000002, now(), 'user:1', 'test', 'test.new', '', '', '', '{{}}'),
  (900000004, '2019-01-01', 'user:1', 'test', 'test.old', '', '', 'held', '{{}}');
INSERT INTO privacy_hold (about, reason, placed_by, placed_at, review_on) VALUES ('held', '', '', now(), now());
INSERT INTO privacy_purgerun (id, state, requested_at, suspicions, confirmed_by, reason) OVERRIDING SYSTEM VALUE VALUES
  (900001, 'RUNNING', now(), '[]', '', ''), (900002, 'FINISHED', now(), '[]', '', '');
INSERT INTO privacy_purgeline (id, {LINE[1:]} OVERRIDING SYSTEM VALUE VALUES
  (900001, 900001, 'privacy.auditentry', 'at', 'P5Y', now(), 0, 0, 0, 0, 0),
  (900002, 900001, 'privacy.visit', 'at', 'P6M', now(), 0, 0, 0, 0, 0),
  (900003, 900002, 'privacy.auditentry', 'at', 'P5Y', now(), 0, 0, 0, 0, 0);
CREATE TABLE privacy_visit_20240101 (LIKE privacy_visit INCLUDING ALL);
"""
EMPTY = """
SET session_replication_role = replica;
DROP TABLE privacy_visit_20240101;
ALTER TABLE privacy_auditentry DISABLE TRIGGER USER; ALTER TABLE consent_consentevent DISABLE TRIGGER USER;
DELETE FROM consent_consentevent; DELETE FROM consent_consentterm; DELETE FROM privacy_auditentry;
DELETE FROM dsr_requestmessage; DELETE FROM privacy_hold;
DELETE FROM privacy_purgeline; DELETE FROM privacy_purgerun;
ALTER TABLE privacy_auditentry ENABLE TRIGGER USER; ALTER TABLE consent_consentevent ENABLE TRIGGER USER;
ALTER TABLE privacy_auditentry ENABLE ALWAYS TRIGGER privacy_auditentry_rows;
ALTER TABLE consent_consentevent ENABLE ALWAYS TRIGGER consent_consentevent_rows;
"""
# Whatever of the database a way could have changed.
STATE = """
SELECT (SELECT md5(string_agg(e::text, '' ORDER BY id)) FROM privacy_auditentry e),
  (SELECT md5(string_agg(e::text, '' ORDER BY id)) FROM consent_consentevent e),
  (SELECT md5(string_agg(e::text, '' ORDER BY id)) FROM consent_consentterm e),
  (SELECT md5(string_agg(e::text, '' ORDER BY id)) FROM dsr_requestmessage e),
  (SELECT count(*) FROM privacy_removal), (SELECT count(*) FROM django_migrations), (SELECT count(*) FROM pg_class),
  (SELECT count(*) FROM pg_rewrite), (SELECT md5(string_agg(p::text, '' ORDER BY p.oid)) FROM pg_proc p),
  (SELECT md5(string_agg(t::text, '' ORDER BY t.oid)) FROM pg_trigger t),
  (SELECT md5(string_agg(c.relacl::text, '' ORDER BY c.oid)) FROM pg_class c),
  (SELECT md5(string_agg(m::text, '' ORDER BY m.oid)) FROM pg_auth_members m)
"""


def connect(who: str) -> Any:
    variables = {
        "application": "DATABASE_URL",
        OWNER: "DATABASE_OWNER_URL",
        SUPERUSER: roles.ADMINISTRATOR_URL,
    }
    return psycopg2.connect(address_of_the_test_database(variables[who]))


@pytest.fixture(scope="module")
def facts(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, object]]:
    """An entry that is due and one that is not, a consent, and lines of purges: committed, for all to see."""
    with django_db_blocker.unblock(), contextlib.closing(connect(OWNER)) as owner, owner.cursor() as cursor:
        cursor.execute(functions.LATEST.format(differ=IN_USE) + functions.EARLIEST.format(back=ENDS_BACK))
        cursor.execute(FILL)
        consent = _consent(cursor)
        cursor.execute("SELECT min(inhrelid::regclass::text) FROM pg_inherits i JOIN pg_class c ON c.oid = inhrelid"
                       " WHERE inhparent = 'privacy_visit'::regclass AND relkind = 'r'")  # fmt: skip
        (partition,) = cursor.fetchone()
        owner.commit()
        yield {
            "old": 900000001, "new": 900000002, "held": 900000004,
            "free": 900000003, "line": 900001, "visits": 900002, "ended": 900003,
            "partition": partition, **consent,
        }  # fmt: skip
        cursor.execute(EMPTY)
        cursor.execute(
            functions.LATEST.format(differ="1000 years") + functions.EARLIEST.format(back="1000 years")
        )
        owner.commit()


def _columns(cursor: Any, table: str) -> dict[str, str]:
    """Something for each that must hold something."""
    cursor.execute("SELECT column_name, data_type FROM information_schema.columns"
                   " WHERE table_name = %s AND is_nullable = 'NO' AND column_default IS NULL"
                   " AND is_identity = 'NO'", [table])  # fmt: skip
    made = {
        "text": "''",
        "jsonb": "'{}'",
        "boolean": "false",
        "uuid": "gen_random_uuid()",
        "timestamp with time zone": "now()",
    }
    return {name: made.get(kind, "''" if "char" in kind else "0") for name, kind in cursor.fetchall()}


def _insert(cursor: Any, table: str, columns: dict[str, str]) -> object:
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(columns.values())}) RETURNING id"
    )
    (key,) = cursor.fetchone()
    return key


def _consent(cursor: Any) -> dict[str, object]:
    cursor.execute("SET session_replication_role = replica")
    cursor.execute("INSERT INTO consent_consentterm DEFAULT VALUES RETURNING id")
    (term,) = cursor.fetchone()
    columns = _columns(cursor, "consent_consentevent")
    columns |= {"term_id": str(term), "receipt": "gen_random_uuid()"}
    event = _insert(cursor, "consent_consentevent", columns)
    _insert(cursor, "dsr_requestmessage", _columns(cursor, "dsr_requestmessage"))
    cursor.execute("SET session_replication_role = origin")
    return {"term": term, "event": event}


@pytest.fixture
def state(facts: dict[str, object]) -> Iterator[None]:
    """Nothing is another than before."""
    with contextlib.closing(connect(OWNER)) as owner, owner, owner.cursor() as cursor:
        cursor.execute(STATE)
        before = cursor.fetchone()
        owner.commit()
        yield
        cursor.execute(STATE)
        assert cursor.fetchone() == before


def run(who: str, facts: dict[str, object], *statements: str, commits: bool = False) -> None:
    """In one transaction. What is checked at its end is checked, and then everything is rolled back."""
    with contextlib.closing(connect(who)) as connection, connection.cursor() as cursor:
        for statement in filter(None, statements):
            cursor.execute(statement.replace("{partition}", str(facts["partition"])), facts)
        if commits:
            connection.commit()
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            connection.rollback()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_the_application_cannot_change_a_ledger(way: Way, facts, state):
    with pytest.raises(psycopg2.Error):
        run("application", facts, way.attempt, commits=True)


@pytest.mark.parametrize("way", [way for way in WAYS if way.able], ids=lambda way: way.name)
def test_the_same_is_possible_for_whoever_owns_the_database(way: Way, facts, state):
    run(way.able, facts, way.first, way.attempt)


@pytest.mark.parametrize("way", [way for way in WAYS if way.right], ids=lambda way: way.name)
def test_the_application_can_do_what_is_right(way: Way, facts, state):
    run("application", facts, way.right)


def test_there_are_more_than_thirty_ways_and_each_is_proved_to_be_one():
    assert len({way.attempt for way in WAYS}) == len(WAYS) > 30
    assert [way.name for way in WAYS if not (way.able or way.right)] == []
