"""Promises about enquiries: their data controller."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from privacy.companies.models import Entity
from privacy.promises.checking import CheckRun, Evidence, Promise, none_among
from softnlabs.website.enquiries.models import Enquiry


def promises() -> Iterator[Promise]:
    yield Promise(
        "controller.enquiries",
        "controller",
        _("Each message left on the contact form says for which company it was collected."),
        _("messages that do not"),
        _of_nobody,
    )


def _of_nobody(check_run: CheckRun) -> Evidence:
    """Enquiries whose company is not in the register."""
    known = Entity.objects.values("siren")
    return none_among(Enquiry.objects.live(check_run.now), ~Q(entity__in=known))
