"""The package: what is held about one person, as pages, as data and as the files themselves.

Its content comes from the data map alone: one section for each holding in which people are looked up, also where
nothing was found; and the visits of a browser, where they were copied with the form.
"""

import io
import json
import zipfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from dsr.package import address_corrections, redaction, visits_copy
from dsr.package.models import PACKAGE_KEEP, PACKAGE_LASTS
from dsr.package.redaction_models import TextChangedError
from dsr.package.search import Omissions, collect, collect_portable
from dsr.package.sections import OriginalFile, PackageRecord, Section
from dsr.requests.item_models import Exemption
from dsr.requests.mandate_models import reader_of
from dsr.requests.models import SubjectRequest
from dsr.rules.rights import PACKAGED, Right
from privacy.datamap.explanations import explain_all
from privacy.files import storage
from privacy.web import signed_links

FORMAT = "softnlabs-access-package/3"
SCHEMA = "/privacy/requests/package.schema.json"
STYLE = Path(__file__).parent / "package.css"


class Encoder(DjangoJSONEncoder):
    """What JSON has no form for becomes text: a rare kind of field must not spoil a package."""

    def default(self, o: object) -> object:
        try:
            return super().default(o)
        except TypeError:
            return str(o)


@dataclass(frozen=True)
class CompiledPackage:
    """A zip, and when the first datum in it ends: nobody may have the zip from us any more then."""

    content: bytes
    ends_at: datetime


def compile_zip(request: SubjectRequest, *, now: datetime) -> CompiledPackage:
    """In the person's language.

    Raises :class:`storage.UnreadableFileError` for a lost file or one that waits for the scanner, and
    TextChangedError.
    """
    granted = {item.right for item in request.items.granted()}
    with translation.override(request.language):
        sections, portable = _collected(request, granted, now)
        files: dict[str, str] = {
            "index.html": render_to_string("dsr/package/index.html", _facts(request, sections, now))
        }
        for name, right, found in (
            ("data", Right.ACCESS, sections),
            ("portable", Right.PORTABILITY, portable),
        ):
            if right in granted:
                files[f"{name}.json"] = as_json(_as_data(request, found, now))
    return CompiledPackage(_zipped(files, _originals(sections)), _first_end([*sections, *portable], now))


def ends_at(request: SubjectRequest, *, now: datetime) -> datetime:
    """When a package that is compiled now would end. Raises TextChangedError."""
    granted = {item.right for item in request.items.granted()}
    sections, portable = _collected(request, granted, now)
    return _first_end([*sections, *portable], now)


def waits_for_scanner(request: SubjectRequest, *, now: datetime) -> bool:
    """Whether a package cannot be compiled yet, because a file in it was not scanned for viruses."""
    if not settings.SCANNER:
        return False
    granted = {item.right for item in request.items.granted()}
    try:
        sections, _portable = _collected(request, granted, now)
    except TextChangedError:  # another reason, told elsewhere
        return False
    return any(original.file.is_in_quarantine for original in _originals(sections))


def _collected(
    request: SubjectRequest, granted: Collection[str], now: datetime
) -> tuple[list[Section], list[Section]]:
    """The sections of the pages, and those of `portable.json`, without what ends too soon to be fetched."""
    subject, omitted, also = (
        address_corrections.subject(request),
        omissions(request),
        address_corrections.rows(request),
    )
    portable, sections = [], []
    if Right.PORTABILITY in granted:
        found = collect_portable(subject, now=now, omissions=omitted, also=also)
        sections = portable = _lasting(found, now)
    if Right.ACCESS in granted:
        found = collect(subject, now=now, omissions=omitted, also=also)
        copied = visits_copy.section(
            request, now=now
        )  # not portable: they rest on our interest (article 20(1))
        sections = _lasting([*found, *([copied] if copied else [])], now)
    return sections, portable


def _lasting(sections: list[Section], now: datetime) -> list[Section]:
    return [section.lasting(PACKAGE_LASTS.after(now)) for section in sections]


def _first_end(sections: list[Section], now: datetime) -> datetime:
    ends = [end for section in sections for end in section.ends()]
    return min([PACKAGE_KEEP.after(now), *ends])


@dataclass(frozen=True)
class PackagePreview:
    """What the copy would hold now; ``stale`` are the redacted texts that have changed since."""

    sections: list[Section]
    exemptions: Sequence[Exemption]
    stale: frozenset[tuple[str, str, str]]


def preview(request: SubjectRequest, *, now: datetime) -> PackagePreview:
    """All that is held, with its redactions, in the language in force; what is withheld stands beside it."""
    stale = frozenset(each.place for each in redaction.changed(request, now=now))
    fit = {place: each for place, each in redaction.of(request).items() if place not in stale}
    found = collect(request.subject(), now=now, omissions=Omissions(redactions=fit))
    return PackagePreview(found, omissions(request).exemptions, stale)


def omissions(request: SubjectRequest) -> Omissions:
    """The same for both copies: what harms others in one harms them in the other too."""
    exemptions = Exemption.objects.filter(item__request=request, item__right__in=PACKAGED)
    return Omissions(list(exemptions), redaction.still_applicable(request))


def as_json(data: dict[str, object]) -> str:
    return json.dumps(data, cls=Encoder, ensure_ascii=False, indent=1)


def _zipped(files: dict[str, str], originals: Iterator[OriginalFile]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr("style.css", STYLE.read_bytes())
        for original in originals:
            archive.writestr(original.path, storage.read(original.file))
    return whole.getvalue()


def _originals(sections: list[Section]) -> Iterator[OriginalFile]:
    for section in sections:
        for record in section.records:
            yield from record.originals


def _facts(request: SubjectRequest, sections: list[Section], now: datetime) -> dict[str, object]:
    return {
        "subject_request": request,
        "reader": reader_of(request),
        "sections": sections,
        "held": [section for section in sections if section.records],
        "nothing": [
            section
            for section in sections
            if not section.records and not section.withheld and not section.ending
        ],
        "ending": [section for section in sections if section.ending],
        "by_browser": _found_by_browser(request.language),
        "withheld": [section for section in sections if section.withheld],
        "redacted": [section for section in sections if section.redacted_texts],
        "made_at": now,
        "language": request.language,
        "entity": settings.ENTITY,
        "controller": settings.CONTROLLER,
    }


def _found_by_browser(language: str) -> list[tuple[str, str]]:
    """What a browser finds by itself, on which page, since nobody is looked up by its number."""
    with translation.override(language):
        pages = [(facts.title, facts.found_on) for facts in explain_all()]
        return [(title, signed_links.absolute(reverse(page.url_name))) for title, page in pages if page]


def _as_data(request: SubjectRequest, sections: list[Section], now: datetime) -> dict[str, object]:
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
        "holdings": [section_as_data(section) for section in sections],
    }


def section_as_data(section: Section) -> dict[str, object]:
    return {
        "name": section.information.label,
        "title": section.information.title,
        "purposes": section.purposes(),
        "legal_bases": section.bases(),
        "categories": section.categories(),
        "recipients": section.recipients(),
        "source": section.information.source,
        "kept": section.information.retention_phrase,
        "stays": section.information.stays or None,
        "records": [_record_as_data(record) for record in section.records],
        "left_out": list(section.ending),
        "withheld": _exemption_as_data(section.exemption) if section.exemption else None,
        "withheld_records": [_exemption_as_data(each) for each in section.exemptions],
    }


def _exemption_as_data(exemption: Exemption) -> dict[str, object]:
    return {
        "ground": exemption.ground,
        "says": str(exemption.get_ground_display()),
        "reason": exemption.reason,
        "until": exemption.until,
    }


def _record_as_data(record: PackageRecord) -> dict[str, object]:
    return {
        "data": {line.name: line.value for line in record.lines},
        "struck_out": record.redacted_fields(),
        "files": [original.path for original in record.originals],
        "deleted_at": record.deleted_at,
    }
