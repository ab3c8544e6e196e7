"""The promise about the archive of applications."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from privacy.promises.checking import Promise, none_among
from recruitment.applications.models import ACTIVE_PERIOD, ArchiveOpening


def promises() -> Iterator[Promise]:
    yield Promise(
        "storage.archive",
        "storage",
        _("An application older than %(active)s is opened only for a reason that is written down.")
        % {"active": ACTIVE_PERIOD},
        _("openings without a reason"),
        lambda check_run: none_among(ArchiveOpening.objects.live(check_run.now), Q(reason="")),
    )
