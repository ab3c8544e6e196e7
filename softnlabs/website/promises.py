"""The promise about passwords."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from privacy.promises.checking import Evidence, Promise, none_among
from softnlabs.website.accounts.models import User

# The first of PASSWORD_HASHERS, as a test makes sure. What another one hashed is hashed anew at the next sign-in.
STRONG = "scrypt$"
NO_SALT = "$$"  # the parts of a hash stand between dollars: algorithm, cost, salt and so on
UNUSABLE = "!"  # how Django stores that no password opens an account


def promises() -> Iterator[Promise]:
    yield Promise(
        "security.passwords",
        "security",
        _("Each password is kept only as a salted hash by a strong, current algorithm: nobody can read it."),
        _("passwords kept otherwise"),
        lambda _check_run: _weak(),
    )


def _weak() -> Evidence:
    stored = User.objects.exclude(password="").exclude(password__startswith=UNUSABLE)
    return none_among(stored, ~Q(password__startswith=STRONG) | Q(password__contains=NO_SALT))
