"""Promises about enquiries and accounts."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from privacy.companies.models import Entity
from privacy.promises.checking import CheckRun, Evidence, Promise, none_among
from softnlabs.website.accounts.models import User
from softnlabs.website.enquiries.models import Enquiry

# The first of PASSWORD_HASHERS, as a test makes sure. What another one hashed is hashed anew at the next sign-in.
STRONG = "scrypt$"
NO_SALT = "$$"  # the parts of a hash stand between dollars: algorithm, cost, salt and so on
UNUSABLE = "!"  # how Django stores that no password opens an account


def promises() -> Iterator[Promise]:
    yield Promise(
        "controller.enquiries",
        "controller",
        _("Each message left on the contact form says for which company it was collected."),
        _("messages that do not"),
        _of_nobody,
    )
    yield Promise(
        "security.passwords",
        "security",
        _("Each password is kept only as a salted hash by a strong, current algorithm: nobody can read it."),
        _("passwords kept otherwise"),
        lambda _check_run: _weak(),
    )


def _of_nobody(check_run: CheckRun) -> Evidence:
    """Enquiries whose company is not in the register."""
    known = Entity.objects.values("siren")
    return none_among(Enquiry.objects.live(check_run.now), ~Q(entity__in=known))


def _weak() -> Evidence:
    stored = User.objects.exclude(password="").exclude(password__startswith=UNUSABLE)
    return none_among(stored, ~Q(password__startswith=STRONG) | Q(password__contains=NO_SALT))
