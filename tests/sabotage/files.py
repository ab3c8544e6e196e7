"""Against files and their records."""

import os
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from privacy.files import storage
from privacy.files.models import StoredFile
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


def file_beside_the_folders(stage: Stage) -> None:
    place = Path(settings.FILES_ROOT) / "cv of somebody.pdf"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"x")
    long_ago = (stage.now - timedelta(days=1)).timestamp()
    os.utime(place, (long_ago, long_ago))
