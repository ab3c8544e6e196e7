"""Objection to the archive of a kind of record (GDPR article 21(1)), where that alone rests on our legitimate interest.

What is in use stays so until its active phase ends, and is deleted then; what is in the archive is deleted at once. The
app that keeps the archive carries it out: ``archive_objections`` in :mod:`privacy.plugins`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from privacy import plugins
from privacy.datamap.declarations import Basis
from privacy.datamap.registry import Holding, holding_called
from privacy.datamap.subjects import Subject
from privacy.rights.restriction import NoAddressError

MARK = ".archive"  # after the label of the kind of record, which alone means all of its use


@dataclass(frozen=True)
class Archive:
    holding: Holding
    handler: plugins.ArchiveObjectionHandler

    @property
    def label(self) -> str:
        return f"{self.holding.label}{MARK}"

    def __str__(self) -> str:
        return gettext("%(records)s: the archive") % {"records": self.holding.data.label}


def archive_called(label: str) -> Archive | None:
    """By its own label."""
    return next((each for each in _archives() if each.label == label), None)


def concerning(subject: Subject, *, now: datetime) -> list[Archive]:
    """Those in which records about ``subject`` are, or will be when they are in use no more."""
    return [
        each for each in _archives() if each.holding.live(now, among=each.holding.about(subject)).exists()
    ]


def object_to(subject: Subject, labels: Collection[str], *, now: datetime) -> None:
    """For each address of ``subject``. Other labels are passed over. Raises :class:`NoAddressError`."""
    found = [archive for label in sorted(labels) if (archive := archive_called(label))]
    if found and not subject.emails:
        raise NoAddressError
    for archive in found:
        for email in sorted(subject.emails):
            archive.handler(email, now=now)


def _archives() -> list[Archive]:
    return [
        Archive(known, handler)
        for config in plugins.installed()
        for label, handler in config.archive_objections.items()
        if (known := holding_called(label)) and _rests_on_interest(known)
    ]


def _rests_on_interest(known: Holding) -> bool:
    archive = known.data.keep.archive
    return archive is not None and archive.basis == Basis.LEGITIMATE_INTEREST
