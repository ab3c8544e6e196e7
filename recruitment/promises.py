"""This floor's promises: for whom applications are collected, and who opens old ones."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from privacy.models import Entity
from privacy.promises import Look, Promise, none_of
from recruitment.models import Application, ArchiveOpening
from recruitment.models.applications import ACTIVE


def promises() -> Iterator[Promise]:
    """All of them."""
    yield Promise(
        "controller.applications",
        "controller",
        _("Each application says for which company it was collected."),
        _("applications that do not"),
        lambda look: none_of(_of_nobody(look)),
    )
    yield Promise(
        "storage.archive",
        "storage",
        _("An application older than %(active)s is opened only for a reason that is written down.")
        % {"active": ACTIVE},
        _("openings without a reason"),
        lambda look: none_of(ArchiveOpening.objects.live(look.now).filter(reason="").count()),
    )


def _of_nobody(look: Look) -> int:
    """Those whose company is not in the register."""
    known = Entity.objects.values("siren")
    return int(Application.objects.live(look.now).exclude(entity__in=known).count())
