"""Against the lock and the groups: who may see what."""

from django.contrib.auth.models import Group, Permission

from privacy.access.groups import StaffGroup
from privacy.access.lock import TrainedPermissionsMixin
from privacy.access.models import Training
from softnlabs.website.accounts.models import User
from tests import actors
from tests.sabotage.stage import Stage


def _unlock(stage: Stage) -> None:
    stage.monkeypatch.setattr(TrainedPermissionsMixin, "_is_locked", lambda _person, _permission: False)


def superuser_without_training(stage: Stage) -> None:
    User.objects.create_superuser("dpo@example.org", actors.PHRASE)
    _unlock(stage)


def clerk_whose_training_ended(stage: Stage) -> None:
    clerk = actors.make_member("clerk@example.org", StaffGroup.SUPPORT)
    Training.objects.filter(account=clerk.pk).update(expires_at=stage.now)
    _unlock(stage)


def permission_beside_the_groups(stage: Stage) -> None:
    clerk = actors.make_staff("clerk@example.org")
    clerk.user_permissions.add(Permission.objects.get(codename="view_enquiry"))


def group_that_was_widened(stage: Stage) -> None:
    sales = Group.objects.get(name=StaffGroup.SALES.value)
    sales.permissions.add(Permission.objects.get(codename="view_application"))


def group_that_was_taken_away(stage: Stage) -> None:
    Group.objects.get(name=StaffGroup.SECURITY.value).delete()


def own_training_without_a_trace(stage: Stage) -> None:
    dpo = actors.make_controller()
    Training.objects.filter(account=dpo.pk).update(entered_by=f"user:{dpo.pk}")
