"""Promises about applications: the archive, and how long they are kept."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db.models import CharField, DateTimeField, Exists, F, OuterRef, Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Greatest
from django.utils.translation import gettext as _

from privacy.access import groups
from privacy.audit.models import AuditEntry
from privacy.datamap.models import Objection
from privacy.datamap.objectable import Use
from privacy.datamap.periods import expires_expression
from privacy.datamap.registry import holding
from privacy.promises.about_datamap import PURGE_TAKES
from privacy.promises.checking import CheckRun, Evidence, Promise, none_among, none_of
from privacy.rights import holds
from recruitment.applications.models import ACTIVE_PERIOD, Application, ArchiveOpening, Exchange

BEFORE = datetime.min.replace(tzinfo=UTC)
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
    yield Promise(
        "storage.contact_of_all",
        "storage",
        _("A contact with an applicant counts for all of their applications."),
        _("applications that a later contact was not counted for"),
        _counted_for_one_alone,
    )
    yield Promise(
        "storage.archive_ended",
        "storage",
        _("An application whose archive was objected to does not stay longer than its active phase."),
        _("applications kept longer"),
        _kept_after_objection,
    )


def _archive_is_closed(check_run: CheckRun) -> Evidence:
    """The controller has every right; no other account may have this one."""
    openings = none_among(ArchiveOpening.objects.live(check_run.now), Q(reason__regex=r"^\s*$"))
    may = groups.beyond_controller("recruitment.open_archive").count()
    return none_of(openings.figure + may, among=(openings.among or 0) + may)


def _counted_from_another_day(check_run: CheckRun) -> Evidence:
    """Nothing came, was written or noted of the person at the instant of the last contact; or it is still to come.

    The audit trail knows it too: messages may be erased while a legal reason keeps the application.
    """
    own = {"email": OuterRef("email"), "received_at": OuterRef("last_contact_at")}
    received = Application.objects.filter(**own)
    messages = Exchange.objects.filter(application__email=OuterRef("email"), at=OuterRef("last_contact_at"))
    is_contact = (
        Q(last_contact_at=F("received_at")) | Q(Exists(received)) | Q(Exists(messages)) | _on_record()
    )
    return none_among(Application.objects.all(), ~is_contact | Q(last_contact_at__gt=check_run.now))


def _on_record() -> Q:
    """A contact that was noted for another day than that of its entry, or for another application, has its instant."""
    entries = AuditEntry.objects.filter(action__in=CONTACTS, key=Cast(OuterRef("pk"), CharField()))
    noted_at = Cast(KeyTextTransform("contact_at", "detail"), DateTimeField())
    at_once = entries.filter(at=OuterRef("last_contact_at"))
    noted = entries.annotate(noted_at=noted_at).filter(noted_at=OuterRef("last_contact_at"))
    return Q(Exists(at_once)) | Q(Exists(noted))


def _counted_for_one_alone(check_run: CheckRun) -> Evidence:
    """The applications of one person that were not past their period have one last contact."""
    live = Application.objects.live(check_run.now)
    later = live.filter(email=OuterRef("email"), last_contact_at__gt=OuterRef("last_contact_at"))
    return none_among(live, Q(Exists(later)))


def _kept_after_objection(check_run: CheckRun) -> Evidence:
    """Their end is stored. The purge runs hourly and leaves what a hold or a restriction protects."""
    end = expires_expression("last_contact_at", ACTIVE_PERIOD)
    ended = Application.objects.filter(ends_at__isnull=False)
    overdue = ended.due(check_run.now - PURGE_TAKES)
    late = overdue.count() - len(holds.protected_keys(holding(Application), overdue))
    longer = ended.filter(ends_at__gt=Greatest(end, Value(check_run.now)))
    endless = _objected_without_end()
    return none_of(late + longer.count() + endless, among=ended.count() + endless)


def _objected_without_end() -> int:
    archive = Use(holding(Application), is_archive=True).label
    standing = Objection.objects.in_force().filter(holding=archive)
    return sum(each.rows().filter(ends_at=None).count() for each in standing)
