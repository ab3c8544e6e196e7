"""Promises about applications: the archive, and how long they are kept."""

from collections.abc import Iterator

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import CharField, Exists, F, OuterRef, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from privacy.audit.models import AuditEntry
from privacy.promises.checking import CheckRun, Evidence, Promise, none_among, none_of
from recruitment.applications.models import ACTIVE_PERIOD, Application, ArchiveOpening, Exchange

CONTACTS = ("recruitment.application.answered", "recruitment.application.contacted")


def promises() -> Iterator[Promise]:
    yield Promise(
        "storage.archive",
        "storage",
        _(
            "An application older than %(active)s is opened by the data controller alone, and only for a reason that is"
            " written down."
        )
        % {"active": ACTIVE_PERIOD},
        _("openings without a reason, and other accounts that may open one"),
        _archive_is_closed,
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


def _archive_is_closed(check_run: CheckRun) -> Evidence:
    """The controller's account has every right; no other account may have this one."""
    openings = none_among(ArchiveOpening.objects.live(check_run.now), Q(reason__regex=r"^\s*$"))
    rights = Permission.objects.filter(content_type__app_label="recruitment", codename="open_archive")
    others = get_user_model().objects.filter(is_active=True, is_superuser=False)
    may = others.filter(Q(user_permissions__in=rights) | Q(groups__permissions__in=rights)).distinct().count()
    return none_of(openings.figure + may, among=(openings.among or 0) + may)


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
