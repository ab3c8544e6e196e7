"""What a group may see and do, in words, kind of record by kind of record: read from its permissions, not written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from privacy.access import groups, lock
from privacy.access.groups import StaffGroup
from privacy.datamap.declarations import Text

ACTIONS: Mapping[str, Text] = {
    "view": _("see"),
    "add": _("add"),
    "change": _("work on"),
    "delete": _("delete"),
}


@dataclass(frozen=True)
class Line:
    """One kind of record: what may be done with it, and whether a training is needed for any of that."""

    kind: str
    may: list[Text]
    needs_training: bool


@dataclass(frozen=True)
class GroupSheet:
    """One group as the desk shows it. ``may_everything`` stands for lines that would fill pages."""

    title: Text
    group: Group
    lines: list[Line]
    is_shipped: bool = False
    may_everything: bool = False

    def members(self) -> "QuerySet[Any]":
        return _accounts().filter(groups=self.group)


def sheets() -> list[GroupSheet]:
    """Each group of the database: those that are shipped first, as they are declared, then the others."""
    rows = {group.name: group for group in Group.objects.order_by("name")}
    shipped = [(each, rows.pop(each.value)) for each in StaffGroup if each.value in rows]
    return [*(_shipped(each, group) for each, group in shipped), *(_other(each) for each in rows.values())]


def lines(permissions: Collection[str]) -> list[Line]:
    """In the order of the apps and their models."""
    found = (
        (model, [each for each in lock.permissions_of(model) if each in permissions]) for model in _models()
    )
    return [_line(model, named) for model, named in found if named]


def superusers() -> "QuerySet[Any]":
    """Who may everything, in no group."""
    return _accounts().filter(is_superuser=True)


def with_permissions_of_their_own() -> "QuerySet[Any]":
    """Whose permissions no group explains."""
    return _accounts().filter(user_permissions__isnull=False).distinct()


def _shipped(group: StaffGroup, row: Group) -> GroupSheet:
    everything = group == StaffGroup.CONTROLLER
    shown = [] if everything else lines(groups.permissions(group))
    return GroupSheet(group.label, row, shown, is_shipped=True, may_everything=everything)


def _other(row: Group) -> GroupSheet:
    return GroupSheet(row.name, row, lines(groups.given_to(row.name)))


def _accounts() -> "QuerySet[Any]":
    model = get_user_model()
    return model._default_manager.filter(is_active=True).order_by(model.USERNAME_FIELD)


def _models() -> list[type[Model]]:
    return [model for model in apps.get_models() if not model._meta.proxy]


def _line(model: type[Model], named: Collection[str]) -> Line:
    own: dict[str, Text] = dict(model._meta.permissions)
    suffix = f"_{model._meta.model_name}"
    codenames = [each.partition(".")[2] for each in named]
    actions = [word for action, word in ACTIONS.items() if f"{action}{suffix}" in codenames]
    may = [*actions, *(own[each] for each in codenames if each in own)]
    needs = any(lock.needs_training(each) for each in named)
    return Line(capfirst(str(model._meta.verbose_name_plural)), may, needs)
