"""Promises about applications: the archive, and how long they are kept."""

from collections.abc import Iterator

from django.db.models import CharField, Exists, F, OuterRef, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from privacy.audit.models import AuditEntry
from privacy.promises.checking import CheckRun, Evidence, Promise, none_among
from recruitment.applications.models import ACTIVE_PERIOD, Application, ArchiveOpening, Exchange

CONTACTS = ("recruitment.application.answered", "recruitment.application.contacted")


def promises() -> Iterator[Promise]:
    yield Promise(
        "storage.archive",
        "storage",
        _("An application older than %(active)s is opened only for a reason that is written down.")
        % {"active": ACTIVE_PERIOD},
        _("openings without a reason"),
        lambda check_run: none_among(ArchiveOpening.objects.live(check_run.now), Q(reason__regex=r"^\s*$")),
    )
    yield Promise(
        "storage.contact",
        "storage",
        _(
            "The time for which we keep an application runs from our last contact with the person, not from later."
        ),
        _("applications counted otherwise"),
        _counted_from_another_day,
    )


def _counted_from_another_day(check_run: CheckRun) -> Evidence:
    """Nothing was received, written or noted at the instant of the last contact; or that instant is still to come.

    The audit trail knows it too: messages may be erased while a legal reason keeps the application.
    """
    messages = Exchange.objects.filter(application=OuterRef("pk"), at=OuterRef("last_contact_at"))
    entries = AuditEntry.objects.filter(
        at=OuterRef("last_contact_at"), action__in=CONTACTS, key=Cast(OuterRef("pk"), CharField())
    )
    is_contact = Q(last_contact_at=F("received_at")) | Q(Exists(messages)) | Q(Exists(entries))
    return none_among(Application.objects.all(), ~is_contact | Q(last_contact_at__gt=check_run.now))
