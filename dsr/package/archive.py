"""The package: what is held about one person, as pages, as data and as the files themselves.

What is in it comes from the data map alone: one section for each holding, also where nothing was found.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import translation

from dsr.package import readdressed, redaction
from dsr.package.search import Less, collect, collect_portable
from dsr.package.sections import Original, Record, Section
from dsr.requests.item_models import Reserve
from dsr.requests.models import SubjectRequest
from dsr.rules.rights import PACKAGED, Kind
from privacy.files import storage
from privacy.web import signed_links

FORMAT = "softnlabs-access-package/3"
SCHEMA = "/privacy/requests/package.schema.json"
STYLE = Path(__file__).parent / "package.css"


class Encoder(DjangoJSONEncoder):
    """Whatever JSON has no form for stands as people read it: a rare kind of field must not spoil a package."""

    def default(self, o: Any) -> Any:
        try:
            return super().default(o)
        except TypeError:
            return str(o)


def compile_zip(request: SubjectRequest, *, now: datetime) -> bytes:
    """The package as one zip in the person's language.

    Raises :class:`storage.UnreadableFileError` for a lost file, and :class:`~dsr.package.redaction_models.TextChanged`.
    """
    granted = {item.kind for item in request.items.granted()}
    subject, less, also = readdressed.whole(request), left_out(request), readdressed.readdressed(request)
    with translation.override(request.language):
        portable, sections = [], []
        if Kind.PORTABILITY in granted:
            sections = portable = collect_portable(subject, now=now, less=less, also=also)
        if Kind.ACCESS in granted:
            sections = collect(subject, now=now, less=less, also=also)
        files: dict[str, str] = {
            "index.html": render_to_string("dsr/package/index.html", _facts(request, sections, now))
        }
        for name, kind, found in (("data", Kind.ACCESS, sections), ("portable", Kind.PORTABILITY, portable)):
            if kind in granted:
                files[f"{name}.json"] = _json(_as_data(request, found, now))
    return _zipped(files, _originals(sections))


@dataclass(frozen=True)
class Preview:
    """What the copy would be made of now; ``stale`` are the texts whose strikes fit no more."""

    sections: list[Section]
    reserves: Sequence[Reserve]
    stale: frozenset[tuple[str, str, str]]


def preview(request: SubjectRequest, *, now: datetime) -> Preview:
    """All that is held, with its strikes, in the language in force: what is kept back stands beside it."""
    stale = frozenset(strike.place for strike in redaction.changed(request, now=now))
    fit = {place: each for place, each in redaction.of(request).items() if place not in stale}
    found = collect(request.subject(), now=now, less=Less(strikes=fit))
    return Preview(found, left_out(request).reserves, stale)


def left_out(request: SubjectRequest) -> Less:
    """What is kept back from, and struck out of, the copies: what harms others in one harms them in the other too."""
    reserves = Reserve.objects.filter(item__request=request, item__kind__in=PACKAGED)
    return Less(list(reserves), redaction.still_standing(request))


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, cls=Encoder, ensure_ascii=False, indent=1)


def _zipped(files: dict[str, str], originals: Iterator[Original]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr("style.css", STYLE.read_bytes())
        for original in originals:
            archive.writestr(original.path, storage.read(original.file))
    return whole.getvalue()


def _originals(sections: list[Section]) -> Iterator[Original]:
    for section in sections:
        for record in section.records:
            yield from record.originals


def _facts(request: SubjectRequest, sections: list[Section], now: datetime) -> dict[str, Any]:
    return {
        "asked": request,
        "sections": sections,
        "held": [section for section in sections if section.records],
        "nothing": [section for section in sections if not section.records and not section.withheld],
        "kept_back": [section for section in sections if section.withheld],
        "struck": [section for section in sections if section.struck_texts],
        "made_at": now,
        "language": request.language,
        "entity": settings.ENTITY,
        "controller": settings.CONTROLLER,
    }


def _as_data(request: SubjectRequest, sections: list[Section], now: datetime) -> dict[str, Any]:
    return {
        "$schema": signed_links.absolute(SCHEMA),
        "format": FORMAT,
        "reference": request.reference,
        "made_at": now,
        "language": request.language,
        "controller": {
            "entity": settings.ENTITY["name"],
            "name": settings.CONTROLLER["name"],
            "email": settings.CONTROLLER["email"],
        },
        "holdings": [_section_as_data(section) for section in sections],
    }


def _section_as_data(section: Section) -> dict[str, Any]:
    return {
        "name": section.told.label,
        "title": section.told.title,
        "purposes": section.purposes(),
        "legal_bases": section.bases(),
        "categories": section.categories(),
        "recipients": section.recipients(),
        "source": section.told.source,
        "kept": section.told.retention_phrase,
        "records": [_record_as_data(record) for record in section.records],
        "withheld": _reserve_as_data(section.reserve) if section.reserve else None,
        "withheld_records": [_reserve_as_data(each) for each in section.reserves],
    }


def _reserve_as_data(reserve: Reserve) -> dict[str, Any]:
    return {
        "ground": reserve.ground,
        "says": str(reserve.get_ground_display()),
        "reason": reserve.reason,
        "until": reserve.until,
    }


def _record_as_data(record: Record) -> dict[str, Any]:
    return {
        "data": {line.name: line.value for line in record.lines},
        "struck_out": record.struck(),
        "files": [original.path for original in record.originals],
        "deleted_at": record.deleted_at,
    }
