"""One-time passwords: how the controller first signs in, without a default password. And what makes a good one."""

import re
import secrets
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
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


class LengthValidator:
    """10 characters for clients, 12 for staff, whose accounts open other people's data.

    Guesses are counted and the common passwords refused, so 10 withstand guessing at our pages; and a longer least
    makes clients write them down or use one of elsewhere again.
    """

    CLIENTS, STAFF = 10, 12

    def validate(self, password: str, user: User | None = None) -> None:
        least = self.STAFF if user is not None and user.is_staff else self.CLIENTS
        if len(password) < least:
            said = _(
                "This password has fewer than %(least)d characters. Several words in a row are easy to keep."
            )
            raise ValidationError(said % {"least": least}, code="password_too_short")

    def get_help_text(self) -> str:
        return _("At least 10 characters, 12 for staff. Several words in a row are easy to remember.")


class KnownWordsValidator:
    """Words that whoever guesses tries first count for nothing: those of this site, and the person's own."""

    LEAST_LEFT = 8  # characters besides such words; as many as are asked of a password anywhere
    SHORTEST = 3  # a shorter word is found in too many others
    OF_SITE = ("softnlabs", "privacy", "confidentiality", "confidentialite", "password", "motdepasse")

    def validate(self, password: str, user: User | None = None) -> None:
        left = password.casefold()
        for word in sorted(self._words(user), key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < min(self.LEAST_LEFT, len(password)):
            raise ValidationError(
                _(
                    "Much of this password is a word of this site, your name or your address. Choose other words."
                ),
                code="password_known_words",
            )

    def get_help_text(self) -> str:
        return _("Words of this site, your name and your address do not count.")

    def _words(self, user: User | None) -> set[str]:
        texts = [*self.OF_SITE, str(settings.ENTITY["town"]), urlsplit(settings.SITE_URL).hostname or ""]
        if user is not None:
            texts += [user.email, user.first_name, user.surname]
        parts = {part for text in texts for part in re.split(r"[\W_\d]+", text.casefold())}
        return {word for word in (*parts, *map(str.casefold, texts)) if len(word) >= self.SHORTEST}


class AnotherPasswordValidator:
    """Refuses the present password: otherwise a one-time password would become a permanent one."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is not None and user.pk and user.check_password(password):
            raise ValidationError(_("Choose a password other than the present one."))

    def get_help_text(self) -> str:
        return _("Your new password must differ from the present one.")
