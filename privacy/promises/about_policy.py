"""Promises about what the policy says: company, data, hosting, audit trail, versions."""

from collections.abc import Collection, Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import CharField, Count, Exists, F, Min, OuterRef, Q
from django.db.models.functions import Cast
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from privacy import checks, plugins
from privacy.access import groups
from privacy.audit import control, ledger, looks
from privacy.audit.models import AuditEntry
from privacy.companies import european_union, hosting
from privacy.companies.models import HostingPlace
from privacy.database import rights
from privacy.mail.models import Mail
from privacy.policy import drift, publishing
from privacy.policy.models import PolicyText, PolicyVersion
from privacy.promises import unknown_stores, unknown_tables
from privacy.promises.checking import CheckRun, Evidence, Promise, none_among, none_of
from privacy.seals import recheck, verification
from privacy.seals.models import SealedRow

LONGEST_LOOK = timedelta(days=3 * 365 + 1, hours=1)  # three years with a leap day and a change of clocks
MAIL_WAITS = timedelta(hours=1)
SEALED_WITHIN = timedelta(minutes=10)
LOOKED_BACK = timedelta(days=2)  # an older unsealed row is found by the verification
OWN_SOURCES = {"'self'", "'none'"}
HEADERS_MIDDLEWARE = "privacy.middleware.headers_middleware"


def promises() -> Iterator[Promise]:
    yield from _of_the_company()
    yield from _of_the_data()
    yield from _of_the_places()
    yield from _of_the_journal()
    yield from _of_the_policy()


def _of_the_company() -> Iterator[Promise]:
    yield Promise(
        "preamble.company",
        "preamble",
        _("The company and the data controller are those that the policy names."),
        _("details that differ"),
        lambda _check_run: as_published("entity.", "controller."),
    )
    yield Promise(
        "communication.recipients",
        "communication",
        _("Those who may see your data are exactly those whom the policy names."),
        _("differences"),
        lambda _check_run: as_published("list.recipients"),
    )


def _of_the_data() -> Iterator[Promise]:
    yield Promise(
        "data.declared",
        "data",
        _(
            "Each kind of record, each of its fields and each file that we keep is declared: we hold nothing that this"
            " site does not show."
        ),
        _("undeclared kinds, fields, files or keys"),
        _declared,
    )
    yield Promise(
        "data.mail",
        "data",
        _("No message to you waits longer than an hour."),
        _("messages waiting"),
        _mail_waits,
        _("waiting since"),
    )


def _of_the_places() -> Iterator[Promise]:
    yield Promise(
        "hosting.places",
        "hosting",
        _("Your data lie inside the European Union, copies included."),
        _("places outside, or not in the register"),
        _hosted,
    )
    yield Promise(
        "hosting.own_server",
        "hosting",
        _("Your browser is sent to no other server: everything on our pages comes from our own."),
        _("foreign sources, or rules that are missing"),
        _own_server,
    )


def _of_the_journal() -> Iterator[Promise]:
    yield Promise(
        "security.sealed",
        "security",
        _("What is done with data is written down and sealed within minutes."),
        _("entries that wait for a seal"),
        _unsealed,
    )
    yield Promise(
        "security.verified",
        "security",
        _("Nothing in the journal or in the register of consents was altered, removed or inserted."),
        _("faults found"),
        _verified,
    )
    yield Promise(
        "security.protected",
        "security",
        _(
            "The database refuses any change to the journal and to the register of consents, and this site’s software"
            " works without the right to make one."
        ),
        _("unprotected tables"),
        lambda _check_run: none_of(len(ledger.unprotected() | rights.rewritable()), among=len(ledger.kept())),
    )
    yield Promise(
        "security.looks",
        "security",
        _("An entry that only says who looked at data ends after %(period)s.") % {"period": looks.KEEP},
        _("entries that stay longer"),
        _looks_that_stay,
    )
    yield Promise(
        "security.control",
        "security",
        _(
            "Entries of the journal that are older than %(period)s are read by the data controller alone, for a control"
            " with a written reason."
        )
        % {"period": looks.IN_USE},
        _("openings without a reason, and other accounts that may open the archive"),
        _control,
    )


def _of_the_policy() -> Iterator[Promise]:
    yield Promise(
        "updates.intact",
        "updates",
        _("Each published version is, to the letter, what was published."),
        _("altered versions"),
        lambda _check_run: _intact(),
    )
    yield Promise(
        "updates.true",
        "updates",
        _("The policy in force says exactly what the software does."),
        _("differences"),
        lambda _check_run: as_published(),
    )


def as_published(*beginnings: str) -> Evidence:
    """Whether the rules give every value of the policy in force whose name starts with one of `beginnings`.

    Without `beginnings`, every value.
    """
    version = publishing.in_force()
    if version is None:
        return Evidence(is_kept=False, figure=0, among=0)
    chosen = beginnings or ("",)
    printed = {name for text in version.texts.all() for name in text.placeholders if name.startswith(chosen)}
    return none_of(len(printed & {found.name for found in drift.of(version)}), among=len(printed))


def _declared(_check_run: CheckRun) -> Evidence:
    """Read in the schema, in the folders and in Redis, not in the declarations alone."""
    looks = [unknown_tables.unknown(), unknown_stores.files(), unknown_stores.keys()]
    undeclared = len(checks.check_data_map(None)) + sum(len(strange) for strange, _seen in looks)
    return none_of(undeclared, among=sum(seen for _strange, seen in looks))


def _intact() -> Evidence:
    """A version may differ from its digest, or have been altered together with it: the seals reveal that."""
    versions = list(PolicyVersion.objects.prefetch_related("texts"))
    altered = sum(not publishing.is_intact(version) for version in versions)
    ledgers = [PolicyVersion, PolicyText]
    if not altered and (faults := verification.altered(ledgers)):  # versions and texts, also deleted ones
        labels = [model._meta.label_lower for model in ledgers]
        return none_of(len(faults), among=SealedRow.objects.filter(ledger__in=labels).count())
    return none_of(altered, among=len(versions))


def _verified(check_run: CheckRun) -> Evidence:
    verdict = recheck.verify(now=check_run.now)
    return Evidence(not verdict.faults, len(verdict.faults), among=verdict.rows)


def _hosted(check_run: CheckRun) -> Evidence:
    """Both the places that this installation declares and those in the register."""
    listed = {
        (place.country, place.name) for place in HostingPlace.objects.in_force(localdate(check_run.now))
    }
    outside = {country for country, _name in listed} - set(european_union.MEMBERS)
    try:
        declared = {(place.country, place.name) for place in hosting.declared()}
    except hosting.HostingPlaceError:
        return none_of(len(outside) + 1, among=len(listed) + 1)
    return none_of(len(outside) + len(declared - listed), among=len(declared | listed))


def _mail_waits(check_run: CheckRun) -> Evidence:
    """Through our fault: what a mailbox refused waits for nobody."""
    mails = Mail.objects.live(check_run.now)
    late = Q(sent_at=None, refused_at=None, written_at__lt=check_run.now - MAIL_WAITS)
    found = mails.aggregate(
        late=Count("pk", filter=late), oldest=Min("written_at", filter=late), all=Count("pk")
    )
    return none_of(found["late"], found["oldest"], among=found["all"])


def _unsealed(check_run: CheckRun) -> Evidence:
    sealed = SealedRow.objects.filter(
        ledger=AuditEntry._meta.label_lower, key=Cast(OuterRef("pk"), CharField())
    )
    window = (check_run.now - LOOKED_BACK, check_run.now - SEALED_WITHIN)
    return none_among(AuditEntry.objects.filter(at__range=window), ~Q(Exists(sealed)))


def _own_server(_check_run: CheckRun) -> Evidence:
    """Whatever the Content-Security-Policy lets a browser load from elsewhere, by a source or for want of a rule."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    listed = [source for sources in directives.values() for source in _sources(sources)]
    foreign = {str(source) for source in listed} - OWN_SOURCES
    missing = [not directives.get("default-src"), HEADERS_MIDDLEWARE not in settings.MIDDLEWARE]
    return none_of(len(foreign) + sum(missing), among=len(listed) + len(missing))


def _sources(written: object) -> list[str]:
    """A source may stand alone, as a text; a directive without sources is true, false or none."""
    if isinstance(written, str):
        return written.split()
    return list(map(str, written)) if isinstance(written, Collection) else []


def _looks_that_stay(check_run: CheckRun) -> Evidence:
    """Their end is stored when they are written; that what is due goes, the promise about the whole journal says."""
    named = {action for config in plugins.installed() for action in config.looks}
    kept = AuditEntry.objects.filter(Q(action__endswith=".viewed") | Q(action__in=named))
    return none_among(kept, Q(ends_at=None) | Q(ends_at__gt=F("at") + LONGEST_LOOK))


def _control(check_run: CheckRun) -> Evidence:
    """The controller has every right; no other account may have this one."""
    opened = AuditEntry.objects.filter(action=control.OPENED)
    silent = opened.filter(Q(detail__reason__isnull=True) | Q(detail__reason__regex=r"^\s*$"))
    may = groups.beyond_controller(control.PERMISSION).count()
    return none_of(silent.count() + may, among=opened.count() + may)
