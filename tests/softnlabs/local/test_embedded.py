"""Real servers of a var folder: addresses, owners, and what a killed process leaves behind."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import dj_database_url
import psutil
import psycopg2
import pytest
import redis
from kombu import Connection

from softnlabs.local import embedded, postgres
from tests.site import open_folder

OWNER = """
import signal, sys, pathlib
from softnlabs.local import embedded
servers = embedded.start(pathlib.Path(sys.argv[1]))
print("up", flush=True)
signal.pause()
"""


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """A folder whose cluster is made once for this file."""
    with open_folder() as folder:
        yield folder / "Un dossier à nous"


@pytest.fixture
def servers(var: Path) -> Iterator[embedded.Servers]:
    servers = embedded.start(var)
    yield servers
    servers.stop()


@pytest.fixture
def owner(var: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that owns the folder."""
    process = subprocess.Popen([sys.executable, "-c", OWNER, str(var)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def ask(var: Path, statement: str, url: Callable[[Path], str] = embedded.owner_url) -> str:
    with contextlib.closing(psycopg2.connect(url(var))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return str(cursor.fetchone()[0]) if cursor.description else ""


def test_an_address_follows_from_the_path_and_starts_nothing():
    with open_folder() as var:
        assert dj_database_url.parse(embedded.database_url(var))["HOST"] in {
            f"{var}/postgres",
            host(var),  # where the name of the folder has a capital
        }
        assert embedded.redis_url(Path("/srv/site/var")) == "unix:///srv/site/var/redis/redis.sock"
        assert [path.name for path in var.iterdir()] == ["secrets"]


def test_each_address_has_a_password_of_its_own_that_this_account_alone_reads(tmp_path: Path):
    urls = (embedded.database_url, embedded.owner_url, embedded.administrator_url)
    found = [dj_database_url.parse(url(tmp_path)) for url in urls]
    assert [each["USER"] for each in found] == ["softnlabs_app", "softnlabs", "postgres"]
    assert len({each["PASSWORD"] for each in found}) == 3
    assert all(len(each["PASSWORD"]) > 60 for each in found)
    assert found == [dj_database_url.parse(url(tmp_path)) for url in urls]
    secrets = tmp_path / "secrets"
    assert {path.stat().st_mode & 0o077 for path in (secrets, *secrets.iterdir())} == {0}


def host(var: Path) -> str:
    return str(dj_database_url.parse(embedded.database_url(var))["HOST"])


@pytest.mark.parametrize("name", ["a" * 100, "Capital", "a space", "accentué", "100%"])
def test_a_path_that_no_address_can_carry_gets_a_short_socket_folder(tmp_path: Path, name: str):
    found = host(tmp_path / name)
    assert found.startswith("/tmp/softnlabs-")
    assert len(f"{found}/.s.PGSQL.5432.lock") < 100
    assert found != host(tmp_path / f"{name}b")


def test_celery_reads_another_word_for_the_same_socket():
    assert embedded.broker_url("unix:///srv/redis.sock") == "redis+socket:///srv/redis.sock"
    assert embedded.broker_url("redis://elsewhere:6379/0") == "redis://elsewhere:6379/0"


def test_both_servers_answer_and_their_sockets_are_private(var: Path, servers: embedded.Servers):
    assert ask(var, "SELECT lower('É') || current_user || current_setting('fsync')") == "ésoftnlabson"
    powers = "SELECT rolsuper OR rolcreaterole OR pg_has_role('postgres', 'MEMBER') FROM pg_roles"
    for url in (embedded.owner_url, embedded.database_url):
        assert ask(var, f"{powers} WHERE rolname = current_user", url) == "False"
    assert ask(var, "SELECT pg_has_role('softnlabs', 'MEMBER')", embedded.database_url) == "False"
    with Connection(embedded.broker_url(embedded.redis_url(var))) as broker:
        broker.ensure_connection(max_retries=1)
    for url in (embedded.redis_url(var).removeprefix("unix://"), f"{var}/postgres/data/PG_VERSION"):
        assert Path(url).parent.stat().st_mode & 0o077 == 0


def test_an_error_is_logged_without_the_values_that_caused_it(var: Path, servers: embedded.Servers):
    with contextlib.closing(psycopg2.connect(embedded.owner_url(var))) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("CREATE TABLE person (name text UNIQUE)")
        cursor.execute("INSERT INTO person VALUES ('canary')")
        with pytest.raises(psycopg2.IntegrityError):
            cursor.execute("INSERT INTO person VALUES ('canary')")
        cursor.execute("DROP TABLE person")
    said = (var / "postgres/log").read_text()
    assert "duplicate key" in said
    assert "canary" not in said


def test_a_second_owner_is_refused_and_told_who_the_first_is(var: Path, owner: subprocess.Popen[str]):
    with pytest.raises(embedded.ServersAlreadyRunningError) as refused:
        embedded.start(var)
    assert refused.value.pid == owner.pid
    assert ask(var, "SELECT 1") == "1"


def test_a_restart_keeps_what_was_stored(var: Path):
    servers = embedded.start(var)
    ask(var, "CREATE TABLE kept AS SELECT 42 AS answer")
    with contextlib.closing(redis.from_url(embedded.redis_url(var))) as client:
        client.set("kept", "42")
    servers.stop()
    servers = embedded.start(var)
    with contextlib.closing(redis.from_url(embedded.redis_url(var))) as client:
        assert client.get("kept") == b"42"
    assert ask(var, "SELECT answer FROM kept") == "42"
    servers.stop()
    assert not Path(dj_database_url.parse(embedded.database_url(var))["HOST"]).exists()


def test_an_owner_killed_outright_leaves_a_folder_that_starts_again(var: Path, owner: subprocess.Popen[str]):
    ask(var, "CREATE TABLE before_kill AS SELECT 7 AS answer")
    owner.kill()
    owner.wait()
    servers = embedded.start(var)
    assert ask(var, "SELECT answer FROM before_kill") == "7"
    servers.stop()


def test_servers_that_outlived_their_owner_are_ended_first(var: Path, servers: embedded.Servers):
    servers.lock.close()
    old = dict(servers.running)
    successors = embedded.start(var)
    assert all(process.wait(10) is not None for process in old.values())
    assert ask(var, "SELECT 1") == "1"
    successors.stop()


@pytest.mark.fault
def test_killed_servers_are_found_dead_and_revived_with_their_data(var: Path, servers: embedded.Servers):
    ask(var, "CREATE TABLE durable AS SELECT 9 AS answer")
    for process in servers.running.values():
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert servers.revive() == [embedded.POSTGRES, embedded.REDIS]
    servers.start()
    assert ask(var, "SELECT answer FROM durable") == "9"


def test_a_pid_file_that_names_a_stranger_is_not_believed(var: Path):
    stranger = f"{os.getpid()}\n{var}/postgres/data\n1\n5432\n/nowhere\n\n  1 1\nready\n"
    (var / "postgres/data/postmaster.pid").write_text(stranger)
    embedded.start(var).stop()
    assert psutil.pid_exists(os.getpid())


def test_a_server_that_cannot_start_says_why(tmp_path: Path):
    (tmp_path / "redis").mkdir()
    (tmp_path / "redis/appendonly.aof").write_text("this is no log of Redis")
    with pytest.raises(embedded.ServerStartError, match=r"(?i)bad file format"):
        embedded.start(tmp_path, names=[embedded.REDIS])
    embedded.start(tmp_path, names=[]).stop()


def test_a_socket_folder_that_somebody_put_there_first_is_refused(tmp_path: Path):
    elsewhere = tmp_path / "theirs"
    elsewhere.mkdir()
    (tmp_path / "redis").symlink_to(elsewhere)
    with pytest.raises(embedded.ServerStartError, match="another account"):
        embedded.start(tmp_path, names=[embedded.REDIS])


def entered_without_a_password(var: Path) -> list[str]:
    roles = (postgres.ADMINISTRATOR, postgres.NAME, postgres.APPLICATION)
    found = []
    for role in roles:
        with contextlib.suppress(psycopg2.OperationalError):
            psycopg2.connect(host=host(var), user=role, dbname="postgres").close()
            found.append(role)
    return found


def test_nobody_enters_without_a_password(var: Path, servers: embedded.Servers):
    assert entered_without_a_password(var) == []
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(host=host(var), user="postgres", password="postgres", dbname="postgres")
    assert ask(var, "SELECT current_user", embedded.administrator_url) == "postgres"


def test_a_cluster_that_trusted_its_socket_asks_for_passwords_from_the_next_start_on(var: Path):
    servers = embedded.start(var)
    ask(var, "CREATE TABLE of_before AS SELECT 3 AS answer")
    for role in ("softnlabs", "postgres"):
        ask(var, f"ALTER ROLE {role} PASSWORD NULL", embedded.administrator_url)
    servers.stop()
    (var / "postgres/data/pg_hba.conf").write_text("local all all trust\n")
    servers = embedded.start(var)
    try:
        assert entered_without_a_password(var) == []
        assert ask(var, "SELECT answer FROM of_before") == "3"
        assert ask(var, "SELECT current_user", embedded.database_url) == "softnlabs_app"
    finally:
        servers.stop()


def test_lost_passwords_are_made_anew(var: Path):
    embedded.start(var).stop()
    for path in (var / "secrets").iterdir():
        path.unlink()
    servers = embedded.start(var)
    try:
        assert ask(var, "SELECT current_user", embedded.administrator_url) == "postgres"
        assert ask(var, "SELECT current_user") == "softnlabs"
    finally:
        servers.stop()
