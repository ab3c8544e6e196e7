"""Exports for processors: only the categories declared for one, for the purposes that it serves.

This is the only way in which records leave for another company. Each export is recorded for each person, so that they
can be told who has their data (GDPR articles 15 and 19).
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext

from privacy.audit import trail
from privacy.companies.models import Processor
from privacy.datamap.declarations import Datum
from privacy.datamap.models import Restriction
from privacy.datamap.registry import Holding, holdings
from privacy.datamap.usable import without_objections
from privacy.recipients.models import Transmission
from privacy.web import spreadsheets

MOST_ROWS = 100_000  # an export is held in memory


class ExportRefusedError(Exception):
    """No data may be sent."""


class NotUnderContractError(ExportRefusedError):
    """The contract has not started, or has ended."""


class NothingDeclaredError(ExportRefusedError):
    """No field of this holding may be sent to this processor."""


class TooManyRowsError(ExportRefusedError):
    pass


@dataclass(frozen=True)
class Export:
    """Rows of one holding, as one processor may see them.

    `files` names what the processor may receive and an export does not contain.
    """

    holding: Holding
    fields: tuple[str, ...]
    rows: list[dict[str, object]]
    files: tuple[str, ...] = ()

    def as_json(self) -> str:
        """Names the files that are not included."""
        content = {
            "holding": self.holding.label,
            "fields": self.fields,
            "files_not_included": self.files,
            "rows": self.rows,
        }
        return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)

    def as_csv(self) -> str:
        """Cells are escaped so that none acts as a formula. A file is a column that says that it is not included."""
        missing = [gettext("file, not included")] * len(self.files)
        rows = ([*(row[name] for name in self.fields), *missing] for row in self.rows)
        return spreadsheets.as_csv([(*self.fields, *self.files), *rows])


def fields_for(processor: Processor, holding: Holding) -> tuple[str, ...]:
    """The fields of `holding` that `processor` may receive, without files and what is shown in words only."""
    files = set(holding.file_fields())
    return tuple(name for name in _declared(processor, holding) if name not in files)


def files_for(processor: Processor, holding: Holding) -> tuple[str, ...]:
    """The file fields of `holding` that `processor` may receive, but that no export contains."""
    return tuple(name for name in _declared(processor, holding) if name in holding.file_fields())


def holdings_for(processor: Processor) -> list[Holding]:
    """The holdings of which `processor` may receive something."""
    return [holding for holding in holdings() if fields_for(processor, holding)]


def export(processor: Processor, holding: Holding, *, reason: str, now: datetime) -> Export:
    """Export what `processor` may receive of `holding`, and record whose data it was and why.

    Without archived rows, expired rows, those of restricted people or of a use that was objected to, and those that
    may not leave.
    Raises a subclass of `ExportRefusedError`.
    """
    if not processor.is_in_force(timezone.localdate(now)):
        raise NotUnderContractError(processor.name)
    fields = fields_for(processor, holding)
    if not fields:
        raise NothingDeclaredError(holding.label)
    with transaction.atomic():
        found = list(_in_use(holding, now).order_by("pk")[: MOST_ROWS + 1])
        if len(found) > MOST_ROWS:
            raise TooManyRowsError(holding.label)
        rows = [_values(row, fields) for row in found]
        taken = Export(holding, fields, rows, files_for(processor, holding))
        _record(processor, taken, found, reason=reason, now=now)
    return taken


def _declared(processor: Processor, holding: Holding) -> list[str]:
    fields = holding.data.fields.items() if holding.data.may_leave else ()
    return [name for name, datum in fields if not datum.shown_as and _is_declared(processor, holding, datum)]


def _is_declared(processor: Processor, holding: Holding, datum: Datum) -> bool:
    purpose = datum.purpose or holding.data.purpose
    return datum.category in processor.categories and purpose in processor.purposes


def _in_use(holding: Holding, now: datetime) -> "models.QuerySet[models.Model]":
    """Rows in their active phase that may leave, without those of people whose data may only be stored (article 18)."""
    rows = holding.active(now)
    rows = rows.filter(holding.data.may_leave()) if holding.data.may_leave else rows.none()
    restricted = Restriction.objects.in_force().subject()
    if restricted.is_known:  # also rows that stay in use here: none may leave
        rows = rows.exclude(pk__in=holding.about(restricted).values("pk"))
    return without_objections(rows)


def _values(row: models.Model, fields: Sequence[str]) -> dict[str, object]:
    """Raw values: of a related record only its key, since its name may say more than was declared."""
    return {name: row.serializable_value(name) for name in fields}


def _record(
    processor: Processor, taken: Export, found: Sequence[models.Model], *, reason: str, now: datetime
) -> None:
    """A transmission for each person, with the reason as typed, and one audit entry, which has no free text."""
    holding = taken.holding
    sent = holding.rows().filter(pk__in=[row.pk for row in found])
    people = sorted({about for abouts in holding.pseudonyms(sent).values() for about in abouts})
    categories = sorted({str(holding.data.fields[name].category) for name in taken.fields})
    Transmission.objects.bulk_create(
        Transmission(
            about=about,
            processor=processor,
            holding=holding.label,
            categories=categories,
            at=now,
            decided_by=trail.actor(),
            reason=reason[:300],
        )
        for about in people or [""]  # an export about nobody is recorded as well
    )
    trail.record(
        "privacy.processor.exported",
        now=now,
        obj=processor,
        detail={
            "holding": holding.label,
            "fields": ", ".join(taken.fields),
            "files_not_included": ", ".join(taken.files),
            "rows": len(taken.rows),
            "people": len(people),
            "sha256": hashlib.sha256(taken.as_json().encode()).hexdigest(),
            "reason_sha256": hashlib.sha256(reason[:300].encode()).hexdigest(),
        },
    )
