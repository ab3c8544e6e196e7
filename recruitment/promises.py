"""Promises about applications: their data controller, and the archive."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from privacy.companies.models import Entity
from privacy.promises.checking import CheckRun, Evidence, Promise, none_among
from recruitment.applications.models import ACTIVE_PERIOD, Application, ArchiveOpening


def promises() -> Iterator[Promise]:
    yield Promise(
        "controller.applications",
        "controller",
        _("Each application says for which company it was collected."),
        _("applications that do not"),
        _of_nobody,
    )
    yield Promise(
        "storage.archive",
        "storage",
        _("An application older than %(active)s is opened only for a reason that is written down.")
        % {"active": ACTIVE_PERIOD},
        _("openings without a reason"),
        lambda check_run: none_among(ArchiveOpening.objects.live(check_run.now), Q(reason="")),
    )


def _of_nobody(check_run: CheckRun) -> Evidence:
    """Applications whose company is not in the register."""
    known = Entity.objects.values("siren")
    return none_among(Application.objects.live(check_run.now), ~Q(entity__in=known))
