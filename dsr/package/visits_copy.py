"""The visits of the browser in which a request was filled in: copied when the form is sent, shown in the answer alone.

The number of the browser is not in the copy, so no person is tied to it. Its times are whole minutes: by an exact
instant the visit would be found again, and the number with it.
"""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.dateparse import parse_datetime

from dsr.package.sections import PackageRecord, RecordLine, Section
from dsr.requests.models import SubjectRequest, UnconfirmedRequest
from dsr.requests.visit_models import VisitsCopy
from privacy.datamap.explanations import explain
from privacy.datamap.registry import holding
from privacy.files import storage
from privacy.visits import own_visits
from privacy.visits.models import Visit


def make(unconfirmed_request: UnconfirmedRequest, visitor: UUID, *, now: datetime) -> None:
    """Raises :class:`OSError` when the disk refuses."""
    visits = [_to_the_minute(facts) for facts in own_visits.export(visitor, now=now)]
    content = json.dumps(visits, cls=DjangoJSONEncoder).encode()
    file = storage.store(content, name="visits.json", media_type="application/json", now=now)
    VisitsCopy(unconfirmed_request=unconfirmed_request, file=file, made_at=now).save()


def _to_the_minute(facts: dict[str, Any]) -> dict[str, Any]:
    """Earlier, never later: so no visit is shown past its period."""
    return facts | {"at": facts["at"].replace(second=0, microsecond=0)}


def attach_to_request(unconfirmed_request: UnconfirmedRequest, request: SubjectRequest) -> None:
    copies = VisitsCopy.objects.filter(unconfirmed_request=unconfirmed_request)
    copies.update(unconfirmed_request=None, request=request)


def section(request: SubjectRequest, *, now: datetime) -> Section | None:
    """The copied visits whose period still runs, in the language in force; ``None`` where no copy was asked for."""
    copy = VisitsCopy.objects.live(now).filter(request=request).select_related("file").first()
    if copy is None:
        return None
    visits = [_visit(facts) for facts in json.loads(storage.read_unscanned(copy.file))]
    known = holding(Visit)
    return Section(
        explain(known),
        [_record(visit, str(number)) for number, visit in enumerate(visits) if not _is_over(visit, now)],
    )


def _visit(facts: dict[str, str]) -> Visit:
    """Not saved. A field that this release does not know any more is left out."""
    known = {name: value for name, value in facts.items() if name in own_visits.fields()}
    return Visit(**known | {"at": parse_datetime(facts["at"])})


def _is_over(visit: Visit, now: datetime) -> bool:
    end = holding(Visit).expires_at(visit)
    return end is None or end <= now


def _record(visit: Visit, key: str) -> PackageRecord:
    known = holding(Visit)
    lines = [
        RecordLine(name, str(label), value)
        for name, label, value in known.export(visit)
        if name != own_visits.NUMBER
    ]
    return PackageRecord(key, lines, [], known.expires_at(visit))
