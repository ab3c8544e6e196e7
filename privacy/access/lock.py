"""No valid training, no personal data: what an account may do is asked here, and nowhere else.

:class:`TrainedPermissionsMixin` takes the place of Django's ``PermissionsMixin`` on the model of accounts. Whatever may
concern personal data is refused while its holder has no training that counts at this instant: superusers too.

Closed by default: without a training only that stays open which somebody declared to be about nobody, that is to see,
add, change or delete rows of a model that is ``NotPersonal``. A permission of an app's own is closed, whatever its
model: an export of a register of companies may hold people.
"""

from datetime import datetime
from functools import cache
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.models import PermissionsMixin
from django.db.models import Max, Model
from django.utils import timezone
from django.utils.functional import cached_property

from privacy.access.models import Training
from privacy.datamap.declarations import NotPersonal
from privacy.datamap.registry import declarations


def needs_training(permission: str) -> bool:
    """Whether ``app.codename`` may concern personal data. An unknown one does."""
    return permission not in impersonal_permissions()


@cache
def impersonal_permissions() -> frozenset[str]:
    """What can be done with rows that are about nobody."""
    impersonal = (model for model, declared in declarations() if isinstance(declared, NotPersonal))
    return frozenset(name for model in impersonal for name in default_permissions(model))


def default_permissions(model: type[Model]) -> list[str]:
    """Those that Django itself makes for a model, as ``app.view_model``."""
    options = model._meta
    return [
        f"{options.app_label}.{action}_{options.model_name}" for action in options.default_permissions or ()
    ]


def permissions_of(model: type[Model]) -> list[str]:
    """Those of its own too."""
    own = (f"{model._meta.app_label}.{codename}" for codename, _label in model._meta.permissions)
    return [*default_permissions(model), *own]


class TrainedPermissionsMixin(PermissionsMixin):
    """Permissions that count for staff alone, and concern personal data only with a valid training."""

    is_staff: Any

    class Meta:
        abstract = True

    @cached_property
    def trained_until(self) -> datetime | None:
        """When the last of their trainings ends; None without any that has begun.

        Read once for each object, which is once a request. Whether that instant has come is asked each time.
        """
        counting = Training.objects.of(self.pk).counting(timezone.now())
        ends: datetime | None = counting.aggregate(last=Max("expires_at"))["last"]
        return ends

    def is_trained(self, *, now: datetime) -> bool:
        return self.trained_until is not None and now < self.trained_until

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Not without a training, if it may concern personal data."""
        return not self._is_locked(perm) and self.may_once_trained(perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether anything of that app is open to them."""
        if not self.is_staff or not super().has_module_perms(app_label):
            return False
        if self.is_trained(now=timezone.now()):
            return True
        impersonal = impersonal_permissions()
        return any(self.has_perm(each) for each in impersonal if each.startswith(f"{app_label}."))

    def may_once_trained(self, perm: str, obj: Any = None) -> bool:
        """Whether the training is all that is missing: for counts and deadlines without names, never for data."""
        return self.is_staff and super().has_perm(perm, obj)

    async def ahas_perm(self, perm: str, obj: Any = None) -> bool:
        return await sync_to_async(self.has_perm)(perm, obj)

    async def ahas_module_perms(self, app_label: str) -> bool:
        return await sync_to_async(self.has_module_perms)(app_label)

    def _is_locked(self, perm: str) -> bool:
        return needs_training(perm) and not self.is_trained(now=timezone.now())
