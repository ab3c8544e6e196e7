"""Record a site at the version of this code, for later versions to migrate:

    python -m tests.recorded.make

Do it once for each version that is released, last of all; a recording is never made anew afterwards. The test beside
this module restores each one.
"""

import contextlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from tests import servers
from tests.recorded import recording

ROOT = Path(__file__).resolve().parents[2]
NAME = "recorded"


def main() -> None:
    """Make a site, fill it, record it, and take it away again."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    servers.prepare()
    outside = os.environ["DATABASE_OWNER_URL"]
    database_url = urlunsplit(urlsplit(outside)._replace(path=f"/{NAME}"))
    with TemporaryDirectory(prefix="recorded-") as folder, _database(outside):
        application = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{NAME}"))
        place = {"SOFTNLABS_VAR": folder, "DATABASE_URL": application, "DATABASE_OWNER_URL": database_url}
        for command in (["manage.py", "migrate", "--verbosity=0"], ["-m", "tests.recorded.fill"]):
            environment = os.environ | recording.KEYS | place
            subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True)
        recording.record(version, database_url=database_url, var=Path(folder))
    sys.stdout.write(f"Recorded {version}.\n")


@contextlib.contextmanager
def _database(outside: str):
    with contextlib.closing(psycopg2.connect(outside)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {NAME}")
            yield
            cursor.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


if __name__ == "__main__":
    main()
