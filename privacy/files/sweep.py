"""Files without a row are removed after a while; rows without their file are reported.

A crash can leave the first: between the writing of a file and the commit of its row, or between the commit of a
deletion and the removal of the file. Only a lost disk or a restored database leaves the second.
"""

import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import TextField, Value
from django.db.models.functions import Cast, Replace

from privacy.files import storage
from privacy.files.models import StoredFile

UPLOAD_TAKES = timedelta(hours=1)  # a row commits within a request; a worker's package within ten minutes
CHUNK = 10_000
WITH_CONTENT = StoredFile.objects.filter(infected_at=None)
DIGITS = frozenset("0123456789abcdef")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SweepResult:
    """How many files without a row were removed, and how many rows have no file."""

    removed: int
    without_file: int


@dataclass(frozen=True)
class Shard:
    """A sixteenth of all files, and the rows of the same ids, so that memory does not grow with all of them."""

    digit: str

    def entries(self) -> Iterator["os.DirEntry[str]"]:
        """The files in the folders of this shard, whatever their names."""
        for folder in _folders():
            if folder.name[0] == self.digit:
                yield from _entries(folder.path)

    def rows(self, *columns: str) -> Iterator[tuple[Any, ...]]:
        """The rows whose files belong there: file name as text (a third of the time of UUIDs), and ``columns``."""
        bounds = UUID(self.digit + "0" * 31), UUID(self.digit + "f" * 31)
        name = Replace(Cast("pk", TextField()), Value("-"), Value(""), output_field=TextField())
        rows = WITH_CONTENT.filter(pk__range=bounds).values_list(name, *columns)
        return rows.iterator(chunk_size=CHUNK)


SHARDS = [Shard(digit) for digit in "0123456789abcdef"]


@dataclass(frozen=True)
class Orphans:
    """Files that no row knows, and the ids of the rows whose file is gone."""

    files: list[Path]
    rows: list[str]


def run(*, now: datetime) -> SweepResult:
    found = find_orphans(now=now)
    for path in found.files:
        path.unlink(missing_ok=True)
    swept = SweepResult(len(found.files), len(found.rows))
    if swept.removed or swept.without_file:
        message = "files: %d without a row were removed, %d rows have no file"
        log.error(message, swept.removed, swept.without_file)
    return swept


def find_orphans(*, now: datetime) -> Orphans:
    """Also half-written files, but not those that are younger than :data:`UPLOAD_TAKES`."""
    settled = (now - UPLOAD_TAKES).timestamp()
    strange = [entry for entry in _misplaced() if _is_settled(entry, settled)]
    missing: list[str] = []
    for shard in SHARDS:
        found = {
            entry.name: entry for entry in shard.entries()
        }  # before the rows, so that no new file is taken for one without a row
        rows = {name for (name,) in shard.rows()}
        strange += [found[name] for name in found.keys() - rows if _is_settled(found[name], settled)]
        missing += [name for name in rows - found.keys() if not storage.path_of(UUID(name)).exists()]
    elsewhere = _known(entry.name for entry in strange)
    files = [Path(entry.path) for entry in strange if entry.name not in elsewhere]
    return Orphans(files, sorted(_known(missing)))  # a row deleted meanwhile needs no file


def _folders() -> Iterator["os.DirEntry[str]"]:
    root = Path(settings.FILES_ROOT)
    return (entry for entry in (os.scandir(root) if root.exists() else ()) if _is_folder_of_ours(entry))


def _misplaced() -> Iterator["os.DirEntry[str]"]:
    """Files outside the folders that :mod:`privacy.files.storage` makes."""
    root = Path(settings.FILES_ROOT)
    for entry in os.scandir(root) if root.exists() else ():
        if not entry.is_dir(follow_symlinks=False):
            yield entry
        elif not _is_folder_of_ours(entry):
            yield from _entries(entry.path)


def _is_folder_of_ours(entry: "os.DirEntry[str]") -> bool:
    return len(entry.name) == 2 and set(entry.name) <= DIGITS and entry.is_dir()


def _entries(folder: str) -> Iterator["os.DirEntry[str]"]:
    with os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(entry.path)
            else:
                yield entry


def _is_settled(entry: "os.DirEntry[str]", before: float) -> bool:
    try:
        return entry.stat(follow_symlinks=False).st_mtime < before
    except FileNotFoundError:  # deleted meanwhile, with its row
        return False


def _known(names: Iterable[str]) -> set[str]:
    """Those of the names that are the id of a row now."""
    keys = [UUID(name) for name in names if len(name) == 32 and set(name) <= DIGITS]
    return {key.hex for key in WITH_CONTENT.filter(pk__in=keys).values_list("pk", flat=True)}
