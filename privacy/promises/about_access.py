"""Promises about who may see what: trainings, and the groups of the staff."""

from collections.abc import Iterator

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from privacy.access import groups, lock, matrix
from privacy.access.groups import StaffGroup
from privacy.access.models import Training
from privacy.audit.models import AuditEntry
from privacy.datamap.registry import holdings
from privacy.promises.checking import CheckRun, Evidence, Promise, none_among, none_of


def promises() -> Iterator[Promise]:
    yield Promise(
        "security.need_to_know",
        "security",
        _(
            "Each group of our staff may do what its task needs and no more, and nobody has permissions besides."
        ),
        _("groups that differ, and accounts with permissions of their own"),
        lambda _check_run: _need_to_know(),
    )
    yield Promise(
        "security.trained",
        "security",
        _(
            "Without a valid training in confidentiality, nobody sees personal data in our internal tool, not even the"
            " data controller."
        ),
        _("accounts without a training to which personal data are open"),
        _trained,
    )
    yield Promise(
        "security.own_trainings",
        "security",
        _("Whoever entered their own training, such as the data controller, is on record as having done so."),
        _("trainings that somebody entered for themselves without a trace"),
        lambda _check_run: _own_trainings(),
    )


def _need_to_know() -> Evidence:
    """A superuser has every permission; the desk names them."""
    wrong = len(groups.differing()) + matrix.with_permissions_of_their_own().count()
    return none_of(wrong, among=len(StaffGroup) + _with_access().count())


def _trained(check_run: CheckRun) -> Evidence:
    """Asked of each account as every page asks; who is trained is read from the register by another way."""
    people = list(_with_access())
    trained = set(Training.objects.counting(check_run.now).values_list("account", flat=True))
    permissions = _on_personal_data()
    open_to = [each for each in people if each.pk not in trained and _may_any(each, permissions)]
    return none_of(len(open_to), among=len(people))


def _may_any(person: AbstractBaseUser, permissions: list[str]) -> bool:
    return any(person.has_perm(each) for each in permissions)  # type: ignore[attr-defined]


def _on_personal_data() -> list[str]:
    return [name for known in holdings() for name in lock.permissions_of(known.model)]


def _with_access() -> "QuerySet[AbstractBaseUser]":
    """Whoever works at the desk, or has a permission whatever they are."""
    some = (
        Q(is_staff=True) | Q(is_superuser=True) | Q(groups__isnull=False) | Q(user_permissions__isnull=False)
    )
    found: QuerySet[AbstractBaseUser] = (
        get_user_model()._default_manager.filter(some, is_active=True).distinct()
    )
    return found


def _own_trainings() -> Evidence:
    entries = AuditEntry.objects.filter(
        action="privacy.training.entered_own",
        kind=Training._meta.label_lower,
        key=Cast(OuterRef("pk"), CharField()),
        actor=OuterRef("entered_by"),
    )
    return none_among(Training.objects.entered_by_themselves(), ~Q(Exists(entries)))
