"""Room for files: what strangers send may take so much of it together, and some of each disk stays free.

Nobody can send very much alone (:mod:`privacy.web.rate_limits`); this is the bound for all of them.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Count, QuerySet, Sum

from privacy.files.models import StoredFile

ON_THEIR_WAY = 16  # uploads that may be examined, or wait for their row, while one is counted


class NoRoomError(OSError):
    """No file is taken, though the disk would not refuse it."""


@dataclass(frozen=True)
class Use:
    """How many files there are, and what they take."""

    number: int
    size: int

    def is_within(self, number: int, size: int) -> bool:
        return self.number <= number and self.size <= size

    def and_more(self, number: int, size: int) -> "Use":
        return Use(self.number + number, self.size + size)


def of_uploads() -> Use:
    """Drafts too."""
    return _use(StoredFile.objects.filter(is_upload=True))


def of_drafts() -> Use:
    return _use(StoredFile.objects.filter(draft__isnull=False))


def is_left() -> bool:
    """Whether each disk has room for some files. No query: each form with a file asks."""
    return not short_folders(ON_THEIR_WAY * settings.UPLOAD_MAX_BYTES)


def is_left_for_upload() -> bool:
    """Asked before a document is examined, and with room for those that come at the same moment."""
    more = of_uploads().and_more(ON_THEIR_WAY, ON_THEIR_WAY * settings.UPLOAD_MAX_BYTES)
    return is_left() and more.is_within(settings.UPLOADS_MOST, settings.UPLOADS_MOST_BYTES)


def check_draft(size: int) -> None:
    """Under the lock of drafts. Raises :class:`NoRoomError`."""
    if not (is_left() and of_drafts().and_more(1, size).is_within(*bound_of_drafts())):
        raise NoRoomError


def bound_of_drafts() -> tuple[int, int]:
    return settings.DRAFTS_MOST, settings.DRAFTS_MOST_BYTES


def short_folders(more: int = 0) -> list[Path]:
    """Those whose disk has less than DISK_FREE_BYTES left, were ``more`` written to it."""
    return [each for each in folders() if _free(each) < settings.DISK_FREE_BYTES + more]


def folders() -> list[Path]:
    journal = Path(settings.ERASURE_JOURNAL)
    return [Path(settings.FILES_ROOT), Path(settings.SPOOL_ROOT), journal.parent]


def _free(folder: Path) -> int:
    """On a new site a folder is not there yet: then the one in which it will be counts."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    return shutil.disk_usage(there).free


def _use(files: "QuerySet[StoredFile]") -> Use:
    found = files.aggregate(number=Count("pk"), size=Sum("size", default=0))
    return Use(found["number"], found["size"])
