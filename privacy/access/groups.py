"""The groups that are shipped: one for each task of the staff, with the permissions that it needs and no more.

Which permissions, each app says for its own records: ``permissions_of_groups`` in :mod:`privacy.plugins`. The groups
are set to it after each ``migrate``; what was changed by hand meanwhile is set back then. Further groups are nobody's
business here.
"""

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, Group, Permission
from django.db.models import Q, QuerySet, TextChoices
from django.db.models.expressions import Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privacy import plugins
from privacy.access import lock
from privacy.datamap.declarations import Text


class StaffGroup(TextChoices):
    """By the name of the group in the database."""

    CONTROLLER = "controller", _("data controller")
    RECRUITER = "recruiter", _("recruitment")
    SALES = "sales", _("sales")
    SUPPORT = "support", pgettext_lazy("group of the staff", "customer service")
    SECURITY = "security", pgettext_lazy("group of the staff", "computer security")
    SERVICE_COMPANY = "service company", _("service company that runs the systems")


def title(name: str) -> Text:
    """What the group of this name is called on the screen; those that are not shipped go by their name."""
    return StaffGroup(name).label if name in StaffGroup.values else name


def permissions(group: StaffGroup) -> frozenset[str]:
    """What the group may do, as ``app.codename``: the controller everything, the others what apps declare."""
    if group == StaffGroup.CONTROLLER:
        return every_permission()
    declared = (config.permissions_of_groups.get(group.value, ()) for config in plugins.installed())
    return frozenset(name for names in declared for name in names)


def every_permission() -> frozenset[str]:
    """Each permission of each installed model, as Django makes them."""
    return frozenset(name for model in apps.get_models() for name in lock.permissions_of(model))


def restore(**_facts: object) -> None:
    """Make the groups that are missing, and set each to what is declared. Called after ``migrate``."""
    known = {name: pk for pk, name in named_permissions().values_list("pk", "permission")}
    for each in StaffGroup:
        group, _is_new = Group.objects.get_or_create(name=each.value)
        group.permissions.set(known[name] for name in permissions(each) if name in known)


def last_app() -> AppConfig:
    """The one after which Django has made all permissions."""
    return [config for config in apps.get_app_configs() if config.models_module is not None][-1]


def named_permissions() -> "QuerySet[Any]":
    """With ``permission``: their name as code writes it."""
    name = Concat("content_type__app_label", Value("."), "codename")
    return Permission.objects.annotate(permission=name)


def differing() -> list[StaffGroup]:
    """The shipped groups that are missing, or whose permissions are not those declared."""
    return [each for each in StaffGroup if given_to(each.value) != permissions(each)]


def given_to(name: str) -> frozenset[str]:
    """What the group of that name may do, as the database says."""
    return frozenset(named_permissions().filter(group__name=name).values_list("permission", flat=True))


def beyond_controller(permission: str) -> "QuerySet[AbstractBaseUser]":
    """Accounts that have this permission, and are neither superuser nor in the controller's group."""
    rights = named_permissions().filter(permission=permission)
    others = get_user_model()._default_manager.filter(is_active=True, is_superuser=False)
    may = others.filter(Q(user_permissions__in=rights) | Q(groups__permissions__in=rights))
    found: QuerySet[AbstractBaseUser] = may.exclude(groups__name=StaffGroup.CONTROLLER.value).distinct()
    return found
