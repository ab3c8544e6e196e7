"""What is held outside the database: files in folders, and keys in Redis.

A store is declared beside the code that owns it and named in ``stores`` of its app (:mod:`privacy.plugins`). What no
store knows breaks the promise that we hold nothing which this site does not show (:mod:`privacy.promises`). A store
with personal data follows the same rules as a holding: it is shown, searched, purged and erased, or says why not.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from django.conf import settings

from privacy import plugins
from privacy.datamap.declarations import Basis, Category, Purpose, Recipient, Text
from privacy.datamap.periods import Period
from privacy.datamap.subjects import Subject

NO_KEYS = re.compile(r"(?!)")


@dataclass(frozen=True)
class Place:
    """A folder and the names that are known in it: paths from the folder on, those of folders ending in ``/``.

    A folder that is known is not looked into; in any other one each file has to be known.
    """

    folder: Path
    names: re.Pattern[str]


class Store(ABC):
    """``name`` is stable, like the label of a holding: ``privacy.erasure_journal``. ``keys`` are those in Redis."""

    name: str
    keys: re.Pattern[str] = NO_KEYS

    @abstractmethod
    def places(self) -> Iterable[Place]:
        """Read each time: settings say where they are."""


@dataclass(frozen=True)
class ImpersonalStore(Store):
    """A store without personal data, or whose data are declared with the records that point to them: ``reason``.

    ``folders`` has the known names by the setting that holds the folder: ``SPOOL_ROOT``, ``SPOOL_ROOT/observations``.
    """

    name: str
    reason: str
    folders: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    keys: re.Pattern[str] = NO_KEYS

    def places(self) -> Iterable[Place]:
        for where, names in self.folders.items():
            setting, _slash, below = where.partition("/")
            yield Place(Path(getattr(settings, setting)) / below, names)


@dataclass(frozen=True)
class StoreData:
    """What a store says of the people in it: the words of :class:`~privacy.datamap.declarations.PersonalData`."""

    label: Text
    purpose: Purpose
    basis: Basis
    period: Period
    since_label: Text
    contents: Mapping[Text, Category]
    recipients: tuple[Recipient, ...] = (Recipient.CONTROLLER, Recipient.HOST)
    erasure_exemption: Text = ""
    found_on: str = ""


class PersonalStore(Store):
    data: ClassVar[StoreData]

    @abstractmethod
    def dates(self) -> list[datetime]:
        """From when each entry is, or each file of them: their periods run from then."""

    @abstractmethod
    def about(self, subject: Subject) -> list[datetime]:
        """From when each entry about ``subject`` is."""

    def live(self, subject: Subject, *, now: datetime) -> list[datetime]:
        """Those about ``subject`` whose period still runs: no others may be shown to anybody."""
        return [at for at in self.about(subject) if not self.data.period.is_over(at, now)]

    @abstractmethod
    def purge(self, *, now: datetime) -> int:
        """Delete what is past its period; returns how many entries, or files of them. May raise :class:`OSError`."""

    def erase(self, subject: Subject, *, now: datetime) -> None:
        """Let go of what is about ``subject``, in the transaction of an erasure; nothing where an exemption says so."""

    def overdue(self, now: datetime) -> int:
        """How many entries are past their period at ``now``."""
        period = self.data.period
        return sum(period.is_over(at, now) for at in self.dates() if at < period.latest(now))


def declared() -> list[Store]:
    return [store for config in plugins.installed() for store in config.stores]


def personal() -> list[PersonalStore]:
    return [store for store in declared() if isinstance(store, PersonalStore)]
