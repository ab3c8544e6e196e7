"""The promise about breaches (clause 6 of the policy; GDPR articles 33 and 34)."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from privacy.breaches.models import Breach
from privacy.promises.checking import CheckRun, Evidence, Promise, none_among


def promises() -> Iterator[Promise]:
    yield Promise(
        "security.breaches",
        "security",
        _(
            "Of each breach in our register the CNIL heard within 72 hours, or later with the reasons, unless no risk"
            " was to be expected; and the persons at high risk were told, unless the law exempts us."
        ),
        _("breaches of which somebody should have heard"),
        _are_notified,
    )


def _are_notified(check_run: CheckRun) -> Evidence:
    """Persons at high risk are told without undue delay: 34(1) gives no number, and 72 hours count as late here."""
    live = Breach.objects.live(check_run.now)
    over = live.past_72_hours(check_run.now)
    wrong = [
        live.notified_late_without_reasons(),
        live.with_impossible_dates(check_run.now),
        over.unnotified(),
        over.untold(),
    ]
    keys = [set(rows.values_list("pk", flat=True)) for rows in wrong]
    return none_among(live, Q(pk__in=set().union(*keys)))
