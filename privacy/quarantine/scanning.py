"""Uploads wait in quarantine until a scanner for viruses has seen them, where the site names one.

Meanwhile nobody opens them: :func:`privacy.files.storage.read` refuses. A clean file is let out. Of an infected one the
key is destroyed, its record stays, and the controller and the person are told. While the scanner is away files wait,
and are tried again; after an hour a promise says so.
"""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import translation

from privacy import plugins
from privacy.audit import trail
from privacy.datamap.registry import Holding, holdings
from privacy.files import drafts, storage
from privacy.files.models import Draft, StoredFile
from privacy.mail import outbox
from privacy.quarantine import clamd
from privacy.web import signed_links

LATE = timedelta(hours=1)
AT_ONCE = 50  # files in one run of the task, which comes back within seconds
log = logging.getLogger(__name__)


def waiting() -> "QuerySet[StoredFile]":
    """What was not scanned, the oldest first."""
    return StoredFile.objects.filter(is_upload=True, scanned_at=None).order_by("stored_at")


def late(*, now: datetime) -> "QuerySet[StoredFile]":
    """What has waited for too long, for a scanner that is away or that refuses it; nothing without a scanner."""
    return waiting().filter(stored_at__lt=now - LATE) if settings.SCANNER else StoredFile.objects.none()


def run(*, now: datetime) -> int:
    """Scan what waits. Returns how many files got a verdict."""
    scanned = 0
    for file in waiting()[:AT_ONCE] if settings.SCANNER else ():
        try:
            scanned += _scan(file, now)
        except clamd.ScannerAwayError as error:
            log.warning("the scanner for viruses gives no verdict: %s", error)
            break
    return scanned


def _scan(file: StoredFile, now: datetime) -> bool:
    try:
        found = clamd.scan(storage.read_unscanned(file))
    except storage.UnreadableFileError:  # deleted meanwhile; a lost one is the subject of another promise
        return False
    except clamd.NotScannedError as error:
        log.warning("the scanner for viruses refuses a file: %s", error)
        return False
    return (
        _destroy(file.pk, found, now) if found else bool(waiting().filter(pk=file.pk).update(scanned_at=now))
    )


def _destroy(file_id: UUID, found: str, now: datetime) -> bool:
    """A file that waits for a form goes whole: nothing was accepted yet, and the form asks for another one."""
    with transaction.atomic():
        file = waiting().select_for_update().filter(pk=file_id).first()
        if file is None:  # another worker was quicker
            return False
        known, row = _record_of(file)
        about = known.pseudonym(row) if known and row else ""
        trail.record(
            "privacy.file.infected", now=now, obj=row or file, about=about, detail={"found": found[:100]}
        )
        if isinstance(row, Draft):
            drafts.discard(row)
            return True
        storage.destroy_content(file, now=now)
        _tell_controller(known, row, now)
        _tell_owner(known, row, file, now)
    return True


def _record_of(file: StoredFile) -> tuple[Holding, Model] | tuple[None, None]:
    for known in holdings():
        for name in known.file_fields():
            if row := known.rows().filter(**{name: file}).first():
                return known, row
    return None, None


def _tell_controller(known: Holding | None, row: Model | None, now: datetime) -> None:
    """Without a name: the record is read at the desk."""
    controller = settings.CONTROLLER
    with translation.override(controller["language"]):
        link = signed_links.absolute(reverse("admin:index"))
        label = str(known.data.label) if known else ""
    context = {"label": label, "number": row.pk if row else "", "link": link}
    language = controller["language"]
    outbox.send("file_infected", to=controller["email"], language=language, context=context, now=now)


def _tell_owner(known: Holding | None, row: Any, file: StoredFile, now: datetime) -> None:
    """Whoever sent it, where the app that holds it knows who that is."""
    sources = {
        label: source for config in plugins.installed() for label, source in config.file_senders.items()
    }
    source = sources.get(known.label) if known else None
    if known is None or source is None or not (sender := source(row)).email:
        return
    context = {"sent_at": file.stored_at, "link": sender.link}
    outbox.send("file_destroyed", to=sender.email, language=sender.language, context=context, now=now)
