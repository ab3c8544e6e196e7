"""The records about a person, each with a number by which the controller can choose it."""

from collections.abc import Iterator
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from privacy.datamap.registry import Holding, holdings
from privacy.datamap.subjects import Subject

MAX_RECORDS = 100  # in one holding; more can only be withheld together

Choices = list[tuple[str, str]]


def choices(subject: Subject, *, now: datetime) -> Iterator[tuple[str, Choices]]:
    """For each holding with records: all of it, then record by record, numbered as in the preview."""
    for known in holdings():
        rows = known.tellable(now, among=known.about(subject)).order_by(known.data.keep.since, "pk")
        found = list(rows[: MAX_RECORDS + 1])
        if not found:
            continue
        offered = [(known.label, gettext("%(title)s: all of it") % {"title": known.data.label})]
        if is_choosable(known) and len(found) <= MAX_RECORDS:
            offered += [
                (f"{known.label} {row.pk}", _named(known, row, number))
                for number, row in enumerate(found, start=1)
            ]
        yield str(known.data.label), offered


def is_choosable(known: Holding) -> bool:
    """Whether one key tells a record from the others: a visit has a composite one."""
    return not isinstance(known.model._meta.pk, models.CompositePrimaryKey)


def _named(known: Holding, row: models.Model, number: int) -> str:
    since = known.since(row)
    day = date_format(timezone.localtime(since), "DATE_FORMAT") if since else gettext("not dated")
    words = {"title": known.data.label, "number": number, "day": day}
    return gettext("%(title)s: no. %(number)s alone, %(day)s") % words
