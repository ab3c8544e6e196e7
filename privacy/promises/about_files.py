"""Promises about files: encrypted, and never without their record."""

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from django.apps import apps
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from privacy.files import examiner, room, storage, sweep, uploads
from privacy.files.errors import UploadRefusedError
from privacy.files.models import StoredFile
from privacy.promises.checking import CheckRun, Evidence, Promise, none_of
from privacy.quarantine import scanning

MOST = 500  # modified files decrypted in each check: a few seconds, if they are large
SAMPLE = 30  # further files decrypted, chosen at random
EXAMINED_AGAIN = 2  # a process of its own for each
EXAMINED = {uploads.KINDS[kind].media_type: kind for kind in ("pdf", "docx")}  # others are drawn anew at once
HOSTILE = {"damaged", "mixed", "active", "attached", "protected", "type"}
STRANGE = 0  # stored as the last change of a file that could not be decrypted: no disk reports it


def promises() -> Iterator[Promise]:
    yield Promise(
        "security.encrypted",
        "security",
        _("Each file that you send us is kept encrypted, with a key of its own."),
        _("files that are not"),
        lambda _check_run: none_of(len(_unencrypted()), among=StoredFile.objects.count()),
    )
    yield Promise(
        "storage.files",
        "storage",
        _("No file outlives its record, and no record has lost its file."),
        _("files or records that stand alone"),
        _orphans,
    )
    yield Promise(
        "security.room",
        "security",
        _(
            "Files sent to us take no more room than is set aside for them, and some of each disk stays free, so that "
            "nothing is lost for want of room."
        ),
        _("bounds that are exceeded, and disks that are nearly full"),
        _room,
    )
    yield Promise(
        "security.examined",
        "security",
        _(
            "Each file that you send us is examined before anybody opens it, and destroyed if a virus is found in it."
        ),
        _(
            "files that fail the examination, that have waited for over an hour to be scanned for viruses, or that "
            "still hold one"
        ),
        _unexamined,
    )


def _room(check_run: CheckRun) -> Evidence:
    short = room.short_folders()
    is_within = (
        room.of_uploads().is_within(settings.UPLOADS_MOST, settings.UPLOADS_MOST_BYTES),
        room.of_drafts().is_within(*room.bound_of_drafts()),
    )
    return none_of(is_within.count(False) + len(short), among=len(is_within) + len(room.folders()))


def _unexamined(check_run: CheckRun) -> Evidence:
    """Nobody can open a file that waits for the scanner. The newest documents are examined once more."""
    sent = sweep.WITH_CONTENT.filter(is_upload=True)
    newest = sent.filter(media_type__in=EXAMINED).order_by("-stored_at")[:EXAMINED_AGAIN]
    failing = [file for file in newest if not _passes(file)]
    late = scanning.late(now=check_run.now).count()
    infected = StoredFile.objects.exclude(infected_at=None).exclude(wrapped_key=b"").count()
    return none_of(len(failing) + late + infected, among=sent.count())


def _passes(file: StoredFile) -> bool:
    """Also where it is another promise that is broken, or where others are being examined."""
    try:
        examiner.run(EXAMINED[file.media_type], storage.read_unscanned(file))
    except storage.UnreadableFileError:
        return True
    except UploadRefusedError as refusal:
        return str(refusal) not in HOSTILE
    return True


def _unencrypted() -> set[str]:
    """Names of the files that are not encrypted as they should be.

    Key and length of every file are checked. Files modified since they were stored are decrypted; where there are
    very many (the folder was moved, or restored), some of them now and the others in the next checks.
    """
    found: set[str] = set()
    touched: list[tuple[bool, float, str]] = []
    is_ours = storage.wrapped_key_verifier()
    for shard in sweep.SHARDS:
        states = dict(_states(shard))
        for name, size, wrapped, changed in shard.rows("size", "wrapped_key", "changed_ns"):
            as_it_should = (size + storage.OVERHEAD, changed)
            length, moved = states.get(name, as_it_should)  # a missing file is the subject of another promise
            if length != as_it_should[0] or not is_ours(bytes(wrapped)):
                found.add(name)
            elif moved != changed:
                touched.append((changed != STRANGE, random.random(), name))  # noqa: S311
    return found | _that_do_not_open([name for *_order, name in sorted(touched)[:MOST]])


def _states(shard: sweep.Shard) -> Iterator[tuple[str, tuple[int, int]]]:
    """Name, size in bytes and time of the last change (ns) of each file."""
    for entry in shard.entries():
        with suppress(FileNotFoundError):
            state = entry.stat()
            yield entry.name, (state.st_size, state.st_ctime_ns)


def _that_do_not_open(touched: list[str]) -> set[str]:
    """Checks the modified files and a random sample. Those that can be decrypted no longer count as modified."""
    files = sweep.WITH_CONTENT
    strange = {file.pk.hex for file in files.order_by("?")[:SAMPLE] if not _opens(file)}
    for file in files.filter(pk__in=touched):
        with suppress(FileNotFoundError):
            # Read first, so that a change meanwhile is checked again.
            changed = storage.path_of(file.pk).stat().st_ctime_ns
            if not _opens(file):
                strange.add(file.pk.hex)
                changed = STRANGE
            files.filter(pk=file.pk).update(changed_ns=changed)
    return strange


def _opens(file: StoredFile) -> bool:
    """Whether it can be decrypted. A missing file, or one deleted with its row meanwhile, is another promise's."""
    try:
        return len(storage.read_unscanned(file)) == file.size
    except storage.UnreadableFileError:
        return not storage.path_of(file.pk).exists()


def _orphans(check_run: CheckRun) -> Evidence:
    found = sweep.find_orphans(now=check_run.now)
    figure = len(found.files) + len(found.rows) + _unclaimed(check_run.now)
    return none_of(figure, among=StoredFile.objects.count() + len(found.files))


def _unclaimed(now: datetime) -> int:
    """Files to which no record refers."""
    unclaimed = StoredFile.objects.filter(stored_at__lt=now - sweep.UPLOAD_TAKES)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.related_model is StoredFile:
                pointing = model._base_manager.filter(**{field.name: OuterRef("pk")})
                unclaimed = unclaimed.exclude(Exists(pointing))
    return unclaimed.count()
