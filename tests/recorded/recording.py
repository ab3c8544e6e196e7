"""A site recorded at one version: the dump of its database, the files and the journal that go with it, and the keys.

The keys are invented, for the recorded site alone; so is everybody in it.
"""

import gzip
import subprocess
import tarfile
from pathlib import Path

from tests.servers import program

FOLDER = Path(__file__).parent
KEYS = {
    "SECRET_KEY": "recorded-site-secret-key-of-no-other-site-whatever",
    "PSEUDONYM_KEY": "recorded-site-pseudonym-key-of-no-other-site",
    "FILE_KEYS": "cmVjb3JkZWQtc2l0ZS1maWxlLWtleS1vZi1ubyEhISE=",
}
KEPT_FOLDERS = ("files", "journal")  # below the site's ``var``


def versions() -> list[str]:
    return sorted(path.name.removesuffix(".sql.gz") for path in FOLDER.glob("*.sql.gz"))


def record(version: str, *, database_url: str, var: Path) -> None:
    """Write down the database and what lies beside it."""
    command = [program("pg_dump"), "--no-owner", "--no-privileges", database_url]
    dump = subprocess.run(command, check=True, capture_output=True).stdout
    (FOLDER / f"{version}.sql.gz").write_bytes(gzip.compress(dump, mtime=0))
    with tarfile.open(FOLDER / f"{version}.files.tar.gz", "w:gz") as archive:
        for name in KEPT_FOLDERS:
            archive.add(var / name, arcname=name)


def restore(version: str, *, database_url: str, var: Path) -> None:
    """Fill an empty database and an empty folder."""
    dump = gzip.decompress((FOLDER / f"{version}.sql.gz").read_bytes())
    command = [program("psql"), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", database_url]
    subprocess.run(command, input=dump, check=True, capture_output=True)
    with tarfile.open(FOLDER / f"{version}.files.tar.gz") as archive:
        archive.extractall(var, filter="data")
