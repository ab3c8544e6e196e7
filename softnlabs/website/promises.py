"""The website's promises: for whom messages are collected."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from privacy.models import Entity
from privacy.promises import Look, Promise, none_of
from softnlabs.website.models import Enquiry


def promises() -> Iterator[Promise]:
    """All of them."""
    yield Promise(
        "controller.enquiries",
        "controller",
        _("Each message left on the contact form says for which company it was collected."),
        _("messages that do not"),
        lambda look: none_of(_of_nobody(look)),
    )


def _of_nobody(look: Look) -> int:
    """Those whose company is not in the register."""
    known = Entity.objects.values("siren")
    return int(Enquiry.objects.live(look.now).exclude(entity__in=known).count())
