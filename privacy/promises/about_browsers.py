"""The promise about the number of a browser: with its visits, and nowhere else."""

from collections.abc import Iterator

from django.db import models
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from privacy.datamap.declarations import PersonalData
from privacy.datamap.registry import declarations
from privacy.promises.checking import Evidence, Promise, none_of
from privacy.visits.models import Visit


def promises() -> Iterator[Promise]:
    yield Promise(
        "data.number",
        "data",
        _("The number of a browser stands with its visits and nowhere else: nobody is looked up by it."),
        _("other records with such a number"),
        lambda _check_run: _elsewhere(),
    )


def _elsewhere() -> Evidence:
    numbers = Visit.objects.order_by().values("visitor")
    found = [
        (model._base_manager.filter(Q(**{f"{column}__in": numbers})).count(), model._base_manager.count())
        for model, column in _columns()
    ]
    return none_of(sum(wrong for wrong, _rows in found), among=sum(rows for _wrong, rows in found))


def _columns() -> Iterator[tuple[type[Model], str]]:
    """Each column that could hold such a number, but for those of visits and objections to them."""
    for model, declared in declarations():
        if isinstance(declared, PersonalData) and not declared.subject:
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.UUIDField):
                yield model, field.name
