"""Against files and their records."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import redis
from django.conf import settings

from privacy.files import storage
from privacy.files.models import Draft, StoredFile
from tests import documents
from tests import holdings as made
from tests.sabotage.stage import Stage


def file_in_clear(stage: Stage) -> None:
    made.draft(stage.person(), stage.now)
    storage.path_of(StoredFile.objects.get().pk).write_bytes(b"canary-alice")


def file_in_clear_of_the_right_length(stage: Stage) -> None:
    made.draft(stage.person(), stage.now)
    file = StoredFile.objects.get()
    storage.path_of(file.pk).write_bytes(b"%PDF-" + b"x" * (file.size + 23))


def file_that_is_lost(stage: Stage) -> None:
    made.draft(stage.person(), stage.now)
    storage.path_of(StoredFile.objects.get().pk).unlink()


def draft_above_the_bound(stage: Stage) -> None:
    made.draft(stage.person(), stage.now)
    stage.settings.DRAFTS_MOST = 0


def upload_above_the_bound(stage: Stage) -> None:
    made.application(stage.person(), stage.now)
    StoredFile.objects.update(is_upload=True)
    stage.settings.UPLOADS_MOST_BYTES = 1


def disk_that_is_nearly_full(stage: Stage) -> None:
    stage.settings.DISK_FREE_BYTES = 2**60


def upload_that_nobody_examined(stage: Stage) -> None:
    facts = {"name": "cv.pdf", "media_type": "application/pdf", "now": stage.now, "is_upload": True}
    file = storage.store(documents.script_pdf(), **facts)
    Draft.objects.create(file=file, email="", kept_at=stage.now)


def upload_that_no_scanner_sees(stage: Stage) -> None:
    stage.settings.SCANNER = "unix:/nowhere"
    facts = {"name": "cv.pdf", "media_type": "application/pdf", "is_upload": True}
    file = storage.store(documents.pdf(), now=stage.now - timedelta(hours=2), **facts)
    Draft.objects.create(file=file, email="", kept_at=stage.now)


def virus_that_stays(stage: Stage) -> None:
    made.draft(stage.person(), stage.now)
    StoredFile.objects.update(infected_at=stage.now)


def file_beside_the_folders(stage: Stage) -> None:
    _written(Path(settings.FILES_ROOT) / "cv of somebody.pdf", stage.now - timedelta(days=1))


def copy_in_the_spool(stage: Stage) -> None:
    _written(Path(settings.SPOOL_ROOT) / "visits of november.csv", stage.now)


def copy_in_a_folder_of_its_own(stage: Stage) -> None:
    """Called as a file of ours is, but not where one may be."""
    _written(Path(settings.SPOOL_ROOT) / "before the move" / "identity", stage.now)


def dump_beside_the_folders(stage: Stage) -> None:
    stage.settings.VAR = Path(settings.SPOOL_ROOT).parent
    _written(stage.settings.VAR / "dump.sql", stage.now)


def key_that_nobody_declared(stage: Stage) -> None:
    """The result of a task, for example, would be what it returned. In a database of Redis that no test shares."""
    stage.settings.REDIS_URL = f"{settings.REDIS_URL}?db=9"
    with redis.from_url(settings.REDIS_URL) as client:
        client.set("celery-task-meta-0", "canary-alice", ex=60)


def visits_that_were_forgotten(stage: Stage) -> None:
    _written(Path(settings.SPOOL_ROOT) / "aside" / "segment-a-1-b", stage.now - timedelta(days=400))


def mail_that_was_forgotten(stage: Stage) -> None:
    _written(Path(settings.EMAIL_FILE_PATH) / "20261123-100000-1.log", stage.now - timedelta(days=400))


def _written(place: Path, at: datetime) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"x")
    os.utime(place, (at.timestamp(), at.timestamp()))
