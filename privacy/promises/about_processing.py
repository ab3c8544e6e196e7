"""Promises about what is done with data: where they come from, who decides, and what is kept for a legal reason."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.db.models.functions import Length
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from privacy import plugins
from privacy.audit.models import AuditEntry
from privacy.datamap.declarations import Category
from privacy.datamap.periods import Period
from privacy.datamap.registry import holdings
from privacy.promises.checking import CheckRun, Evidence, Promise, none_among, none_of
from privacy.register.models import Activity
from privacy.rights.models import Hold

REVIEW_MAY_WAIT = Period(days=7)
PSEUDONYM_DIGITS = 64
VISITOR = "visitor"  # the actor of the audit trail where somebody confirms what they ask for
# Somebody judged each of these: none is sensitive (GDPR articles 9 and 10). A new category counts as sensitive until
# it was judged too.
NOT_SENSITIVE: Final = {
    Category.SURNAME,
    Category.FIRST_NAME,
    Category.POSTCODE,
    Category.EMAIL,
    Category.TELEPHONE,
    Category.IP_ADDRESS,
    Category.LOGIN,
    Category.NAVIGATION,
    Category.QUALIFICATIONS,
    Category.EXPERIENCE,
    Category.POSTAL_ADDRESS,
    Category.IDENTITY_PROOF,
    Category.MESSAGES,
    Category.CHOICES,
    Category.REQUESTS,
}


def promises() -> Iterator[Promise]:
    yield Promise(
        "data.sources",
        "data",
        _(
            "Your data come from you, from whoever you asked to act for you, from your browser, or from our own work"
            " with you. Where somebody else gives us your address, our first e-mail says who. We buy none."
        ),
        _("kinds of records from another source"),
        lambda _check_run: _from_elsewhere(),
    )
    yield Promise(
        "data.not_sensitive",
        "data",
        _(
            "No form asks for sensitive data, such as health or beliefs: neither the register of activities nor the"
            " list of what we hold has any."
        ),
        _("activities or fields with sensitive data"),
        lambda _check_run: _sensitive(),
    )
    yield Promise(
        "purposes.decided_by_people",
        "purposes",
        _(
            "No decision about you is taken by a machine alone: each decision on a request or an application bears"
            " the account of the person who took it. Only what you ask for may be granted at once."
        ),
        _("decisions without an account, or activities that decide automatically"),
        lambda _check_run: _by_machines(),
    )
    yield Promise(
        "storage.holds",
        "storage",
        _(
            "Each hold for a legal reason concerns one person, has a written reason and a date of review, which is not"
            " more than %(days)s past."
        )
        % {"days": REVIEW_MAY_WAIT},
        _("holds that differ"),
        _holds,
    )


def _from_elsewhere() -> Evidence:
    """Of a kind of record from somebody else, an e-mail tells each person from whom."""
    found = [held.label for held in holdings() if held.data.obtained_from and not held.data.told_in]
    return none_of(len(found), among=len(holdings()))


def _sensitive() -> Evidence:
    categories = [datum.category for held in holdings() for datum in held.data.fields.values()]
    activities = none_among(Activity.objects.all(), ~Q(sensitive=""))
    figure = activities.figure + sum(category not in NOT_SENSITIVE for category in categories)
    return none_of(figure, among=(activities.among or 0) + len(categories))


def _by_machines() -> Evidence:
    """Decisions as the audit trail has them: each app writes its own there, and none can be altered unnoticed."""
    decisions = {action: grants for app in plugins.installed() for action, grants in app.decisions.items()}
    granting = [action for action, is_granting in decisions.items() if is_granting]
    at_once = Q(actor=VISITOR, action__in=granting)
    taken = none_among(
        AuditEntry.objects.filter(action__in=decisions), ~Q(actor__startswith="user:") & ~at_once
    )
    activities = none_among(Activity.objects.all(), ~Q(automated=""))
    among = (taken.among or 0) + (activities.among or 0)
    return none_of(taken.figure + activities.figure, among=among)


def _holds(check_run: CheckRun) -> Evidence:
    """One person is one pseudonym: a keyed SHA-256."""
    latest = localdate(check_run.now) - timedelta(days=REVIEW_MAY_WAIT.days)
    wrong = ~Q(digits=PSEUDONYM_DIGITS) | Q(reason__regex=r"^\s*$") | Q(review_on__lt=latest)
    return none_among(Hold.objects.in_force().alias(digits=Length("about")), wrong)
