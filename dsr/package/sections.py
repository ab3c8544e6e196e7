"""What is found about one person, holding by holding, in words: for the package and for the desk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from dsr.requests.item_models import Exemption
from privacy.datamap.explanations import HoldingExplanation
from privacy.files.models import StoredFile

LONGEST_LIST = 3
LONGEST_CELL = 200


@dataclass(frozen=True)
class RecordLine:
    name: str
    label: str
    value: object
    is_text: bool = False
    is_redacted: bool = False
    is_rectifiable: bool = False

    @property
    def shown(self) -> str:
        """In the language in force."""
        return _in_words(self.value)

    @property
    def is_long(self) -> bool:
        """Too long for a cell of a table: it would make a column of single words."""
        return len(self.shown) > LONGEST_CELL


@dataclass(frozen=True)
class OriginalFile:
    """A file of the person, and its path in the package."""

    label: str
    path: str
    file: StoredFile


@dataclass(frozen=True)
class PackageRecord:
    key: str
    lines: list[RecordLine]
    originals: list[OriginalFile]
    deleted_at: datetime | None

    def redacted_fields(self) -> list[str]:
        return [line.name for line in self.lines if line.is_redacted]


@dataclass(frozen=True)
class Section:
    """One holding, searched and explained (GDPR 15(1)(a) to (g)).

    `exemption` withholds all of it, `exemptions` single records. `ending` are the ends of the records that are left out
    because the copy would outlive them.
    """

    information: HoldingExplanation
    records: list[PackageRecord]
    exemption: Exemption | None = None
    exemptions: Sequence[Exemption] = ()
    ending: Sequence[datetime] = ()

    def lasting(self, until: datetime) -> "Section":
        """Without the records that end before `until`."""
        ending = [end for record in self.records if (end := record.deleted_at) and end < until]
        kept = [record for record in self.records if not record.deleted_at or record.deleted_at >= until]
        return replace(self, records=kept, ending=sorted(ending))

    def ends(self) -> list[datetime]:
        return [record.deleted_at for record in self.records if record.deleted_at]

    @property
    def is_table(self) -> bool:
        """Many records read better as lines of a table, a few as lists of facts."""
        return len(self.records) > LONGEST_LIST

    @property
    def has_files(self) -> bool:
        return any(record.originals for record in self.records)

    @property
    def withheld(self) -> list[Exemption]:
        return [self.exemption] if self.exemption else list(self.exemptions)

    @property
    def redacted_texts(self) -> int:
        return sum(len(record.redacted_fields()) for record in self.records)

    def purposes(self) -> list[str]:
        return _labels(use.purpose for use in self.information.uses)

    def reasons(self) -> list[str]:
        """The purposes in plain words."""
        return list(dict.fromkeys(use.reason for use in self.information.uses))

    def bases(self) -> list[str]:
        return _labels(use.basis for use in self.information.uses)

    def categories(self) -> list[str]:
        return _labels(self.information.categories)

    def recipients(self) -> list[str]:
        return _labels(self.information.recipients)


def _in_words(value: object) -> str:
    if value is None or value in ("", [], {}):
        return gettext("(empty)")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, list | tuple):
        return ", ".join(map(_in_words, value))
    return str(value)


def _labels(choices: Iterable[TextChoices]) -> list[str]:
    """In the language in force, each once, in order."""
    return list(dict.fromkeys(str(choice.label) for choice in choices))
