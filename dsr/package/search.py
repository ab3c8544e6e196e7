import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from dsr.package.address_corrections import keys_in
from dsr.package.redaction import free_texts, mark
from dsr.package.redaction_models import Redaction
from dsr.package.sections import OriginalFile, PackageRecord, RecordLine, Section
from dsr.requests.item_models import Exemption
from privacy.datamap import stores
from privacy.datamap.declarations import Basis, Category
from privacy.datamap.explanations import explain, explain_store
from privacy.datamap.registry import Holding, holdings
from privacy.datamap.stores import PersonalStore
from privacy.datamap.subjects import Subject
from privacy.files.models import StoredFile
from privacy.rights.erasure import RowReference

PORTABLE = frozenset({Basis.CONSENT, Basis.CONTRACT})


@dataclass(frozen=True)
class Omissions:
    """What a copy leaves out: records that are withheld, words that are redacted."""

    exemptions: Sequence[Exemption] = ()
    redactions: Mapping[tuple[str, str, str], Redaction] = field(default_factory=dict)

    def whole(self, label: str) -> Exemption | None:
        """The exemption of a whole holding."""
        return next((each for each in self.exemptions if (each.holding, each.key) == (label, "")), None)

    def single(self, label: str) -> dict[str, Exemption]:
        """The exemptions of single records, by key."""
        return {each.key: each for each in self.exemptions if each.holding == label and each.key}


NO_OMISSIONS = Omissions()


def collect(
    subject: Subject,
    *,
    now: datetime,
    omissions: Omissions = NO_OMISSIONS,
    also: Collection[RowReference] = (),
) -> list[Section]:
    """Search every holding in which people are looked up, in the language in force.

    Nothing past its period is shown, nor what a law forbids to tell.

    ``also`` are rows of theirs that none of their keys finds any more. Raises TextChangedError when a redacted text has
    changed.
    """
    searched = [known for known in holdings() if known.is_searched]
    found = [section(known, _rows(known, subject, now, also), omissions) for known in searched]
    found += [store_section(store, subject, now) for store in stores.personal() if not store.data.found_on]
    # What the person gave us comes first: they recognise it.
    return sorted(found, key=lambda section: not section.information.is_given)


def collect_portable(
    subject: Subject,
    *,
    now: datetime,
    omissions: Omissions = NO_OMISSIONS,
    also: Collection[RowReference] = (),
) -> list[Section]:
    """What the person provided on consent or contract, and nothing else (GDPR article 20). Raises TextChangedError."""
    wanted = [(known, portable_fields(known)) for known in holdings() if known.is_searched]
    return [
        section(known, _rows(known, subject, now, also), omissions, names) for known, names in wanted if names
    ]


def hide(found: list[Section], category: Category) -> list[Section]:
    """Not everybody at the desk may see the values of every category."""
    hidden = {
        (known.label, name)
        for known in holdings()
        for name, datum in known.data.fields.items()
        if datum.category == category
    }

    def told(section: Section, line: RecordLine) -> RecordLine:
        is_hidden = (section.information.label, line.name) in hidden
        return replace(line, value=gettext("hidden")) if is_hidden else line

    def masked(section: Section) -> list[PackageRecord]:
        return [
            replace(record, lines=[told(section, line) for line in record.lines])
            for record in section.records
        ]

    return [replace(section, records=masked(section)) for section in found]


def portable_fields(known: Holding) -> frozenset[str]:
    return frozenset(
        name
        for name, datum in known.data.fields.items()
        if datum.provided and (datum.basis or known.data.basis) in PORTABLE
    )


def _rows(
    known: Holding, subject: Subject, now: datetime, also: Collection[RowReference]
) -> "models.QuerySet[models.Model]":
    about, keys = known.about(subject), keys_in(known.label, also)
    if keys:
        about = known.rows().filter(Q(pk__in=about.values("pk")) | Q(pk__in=keys))
    return known.tellable(now, among=about)


def section(
    known: Holding,
    rows: "models.QuerySet[models.Model]",
    omissions: Omissions,
    only: frozenset[str] | None = None,
) -> Section:
    """These rows, the earliest first; of each `only` some fields. Raises TextChangedError as :func:`collect` does."""
    whole, single = omissions.whole(known.label), omissions.single(known.label)
    records = [] if whole else list(_records(known, rows, only))
    left = [
        _redacted_record(known.label, record, omissions) for record in records if record.key not in single
    ]
    gone_without = [single[record.key] for record in records if record.key in single]
    return Section(explain(known), left, whole, gone_without)


def store_section(store: PersonalStore, subject: Subject, now: datetime) -> Section:
    """What stands outside the database: that there is an entry, from when it is, and until when it stays."""
    information = explain_store(store)
    records = [
        PackageRecord(str(number), [RecordLine("at", gettext("Date"), at)], [], store.data.period.after(at))
        for number, at in enumerate(sorted(store.live(subject, now=now)), start=1)
    ]
    return Section(information, records)


def _redacted_record(label: str, record: PackageRecord, omissions: Omissions) -> PackageRecord:
    def line(told: RecordLine) -> RecordLine:
        redaction = omissions.redactions.get((label, record.key, told.name))
        return (
            replace(told, value=redaction.apply(str(told.value or ""), mark()), is_redacted=True)
            if redaction
            else told
        )

    return replace(record, lines=[line(told) for told in record.lines]) if omissions.redactions else record


def _records(
    holding: Holding, rows: "models.QuerySet[models.Model]", only: frozenset[str] | None
) -> Iterator[PackageRecord]:
    since = holding.data.keep.since
    wanted = frozenset(holding.data.fields) if only is None else only
    texts = free_texts(holding)
    needed = [
        name for name in (since.rpartition("__")[0], *_copied_files(holding), *_related(holding)) if name
    ]
    # What was noted late stands where it belongs among what was said.
    rows = rows.order_by(*filter(None, (since, holding.data.given_at)), "pk")
    for number, row in enumerate(rows.select_related(*needed) if needed else rows, start=1):
        files = [name for name in _copied_files(holding, row) if name in wanted]
        yield PackageRecord(
            key=str(row.pk),
            lines=[
                RecordLine(
                    name,
                    str(label),
                    value,
                    is_text=name in texts,
                    is_rectifiable=holding.data.fields[name].rectifiable,
                )
                for name, label, value in holding.export(row)
                if name in wanted
            ],
            originals=[_original(holding, row, name, number) for name in files],
            deleted_at=holding.expires_at(row),
        )


def _related(holding: Holding) -> list[str]:
    """The fields that show a row of another table."""
    fields = holding.data.fields.items()
    shown = [holding.model._meta.get_field(name) for name, datum in fields if not datum.shown_as]
    return [field.name for field in shown if field.many_to_one]


def _copied_files(holding: Holding, row: models.Model | None = None) -> list[str]:
    """The file fields whose content goes into the package: not those that are shown as words."""
    names = [name for name in holding.file_fields() if not holding.data.fields[name].shown_as]
    return [name for name in names if row is None or _has_content(getattr(row, name))]


def _has_content(file: StoredFile | None) -> bool:
    """One that held a virus is no more."""
    return file is not None and file.infected_at is None


def _original(holding: Holding, row: models.Model, name: str, number: int) -> OriginalFile:
    file = getattr(row, name)
    safe = re.sub(r"[^\w.-]+", "_", file.name).strip("._")[-100:] or "file"
    path = f"files/{holding.label}/{number}-{name}-{safe}"
    return OriginalFile(str(holding.field_label(name)), path, file)
