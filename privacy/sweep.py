"""Files and their rows, both ways: a file without a row is removed after a while; a row without its file is reported.

A crash can leave the first: between the writing of a file and the commit of its row, or between the commit of a
deletion and the removal of the file. Nothing can leave the second but a lost disk, or a restored database.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from privacy.models import StoredFile

UPLOAD_TAKES = timedelta(hours=1)  # a row commits within a request; a worker's package within ten minutes
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Swept:
    """How many files without a row were removed, and how many rows have no file."""

    removed: int
    without_file: int


def sweep(*, now: datetime) -> Swept:
    """Remove what no row knows, report what no file answers."""
    removed, missing = files_without_row(now=now), rows_without_file()
    for path in removed:
        path.unlink(missing_ok=True)
    if removed or missing:
        log.error("files: %d without a row were removed, %d rows have no file", len(removed), len(missing))
    return Swept(len(removed), len(missing))


def files_without_row(*, now: datetime) -> list[Path]:
    """The files that no row knows, but for those that come in right now; half-written ones among them."""
    settled = (now - UPLOAD_TAKES).timestamp()
    known = _known()
    return [path for path in _paths() if path.name not in known and path.stat().st_mtime < settled]


def rows_without_file() -> list[str]:
    """The ids of the rows whose file is gone."""
    found = {path.name for path in _paths()}  # before the rows: a file that comes meanwhile is not missed
    rows = StoredFile.objects.values_list("pk", flat=True)
    return sorted(key.hex for key in rows if key.hex not in found and not _path(key.hex).exists())


def _paths() -> Iterator[Path]:
    return (path for path in Path(settings.FILES_ROOT).rglob("*") if path.is_file())


def _path(name: str) -> Path:
    return Path(settings.FILES_ROOT) / name[:2] / name


def _known() -> set[str]:
    return {key.hex for key in StoredFile.objects.values_list("pk", flat=True).iterator()}
