"""One-time passwords: how the controller first signs in, without a default password."""

import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from privacy.audit import trail
from softnlabs.website.accounts.models import User

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no characters that look alike on paper
GROUPS, GROUP_LENGTH = 4, 5


def one_time_password() -> str:
    """99 random bits, in four groups that can be read out and typed."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


@transaction.atomic
def prepare_controller(*, email: str, now: datetime, anew: bool = False) -> str | None:
    """Make sure that the controller has an account, and a one-time password until they choose their own.

    Returns the new one-time password, or None once the controller has chosen one. `anew` issues one in any case.
    """
    controller = User.objects.select_for_update().filter(email=email).first()
    is_new = controller is None
    if controller is None:
        controller = User.objects.create_superuser(email)
    if not (is_new or anew or controller.must_change_password):
        return None
    password = one_time_password()
    controller.issue_one_time_password(password)
    trail.record("website.account.one_time_password_issued", obj=controller, now=now)
    return password


class AnotherPasswordValidator:
    """Refuses the present password: otherwise a one-time password would become a permanent one."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is not None and user.pk and user.check_password(password):
            raise ValidationError(_("Choose a password other than the present one."))

    def get_help_text(self) -> str:
        return _("Your new password must differ from the present one.")
