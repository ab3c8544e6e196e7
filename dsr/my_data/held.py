"""What is held about whoever is signed in, as a copy would tell it, shown at once and so with more care.

Somebody at the desk looks at a copy before it leaves: they withhold records and redact words. Nobody looks here. So
what they withheld or redacted before stays so. Texts that the person did not write, records that bear a name where
several stand under the mailbox, and the file of a request that is still open are left to a copy. And while it is in
doubt who reads the mailbox, nothing is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from dsr.my_data import names
from dsr.my_data.names import BorneNames
from dsr.package import redaction, search
from dsr.package.redaction_models import Redaction, TextChangedError
from dsr.package.search import Omissions
from dsr.package.sections import PackageRecord, RecordLine, Section
from dsr.requests.identity_models import IdentityCheck
from dsr.requests.item_models import Exemption, RequestItem
from dsr.requests.models import SubjectRequest
from dsr.rules import states
from dsr.rules.rights import PACKAGED, ItemOutcome, RefusalGround
from privacy.audit.models import AuditEntry
from privacy.datamap import stores
from privacy.datamap.declarations import Category
from privacy.datamap.registry import Holding, holdings
from privacy.datamap.subjects import Subject

ON_THE_PAGE = 5  # records of one kind; the latest
IN_THE_COPY = 1000
IN_DOUBT = (RefusalGround.NOT_IDENTIFIED, RefusalGround.OTHERS, RefusalGround.OTHERS_PORTABLE)
Redactions = Mapping[tuple[str, str, str], Redaction]


@dataclass(frozen=True)
class HeldKind:
    """One kind of record: the latest of them, the earliest first, and how ``many`` there are in all."""

    section: Section
    many: int

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.many - len(self.section.records)


@dataclass(frozen=True)
class HeldSearch:
    """A look through all that is held about one person; made once for a page."""

    person: Subject
    names: BorneNames
    exemptions: tuple[Exemption, ...]
    redactions: Redactions
    now: datetime

    def kinds(self, *, most: int) -> list[HeldKind]:
        """Each kind with records, what the person gave us first; in the language in force."""
        known = (self._kind(each, most) for each in holdings() if each.is_searched)
        searched = (store for store in stores.personal() if not store.data.found_on)
        stored = (_stored(store, self.person, self.now) for store in searched)
        found = [kind for kind in (*known, *stored) if kind and kind.many]
        return sorted(found, key=lambda kind: not kind.section.information.is_given)

    def rows(self, known: Holding) -> "QuerySet[Model]":
        """The rows that may be shown or counted."""
        rows = self.names.only_own(known, known.tellable(self.now, among=known.about(self.person)))
        rows = rows.exclude(_is_of_open_request(known, self.person))
        return rows.exclude(pk__in=Omissions(self.exemptions).single(known.label))

    def _kind(self, known: Holding, most: int) -> HeldKind | None:
        rows = self.rows(known)
        latest = rows.order_by(f"-{known.data.keep.since}", "-pk").values_list("pk", flat=True)
        keys = list(latest[: most + 1])
        if not keys:
            return None
        is_withheld = Omissions(self.exemptions).whole(known.label) is not None
        listed = [] if is_withheld else keys[:most]
        section = search.section(known, known.rows().filter(pk__in=listed), search.NO_OMISSIONS)
        fit = [_fit(known, record, self.redactions) for record in section.records]
        return HeldKind(replace(section, records=fit), rows.count() if len(keys) > most else len(keys))


def search_for(person: Subject, account: Mapping[Category, str], *, now: datetime) -> HeldSearch:
    """``account`` has the names of the account."""
    requests = Q(item__request__email__in=person.emails, item__right__in=PACKAGED)
    in_force = Q(until=None) | Q(until__gte=timezone.localdate(now))
    return HeldSearch(
        person,
        names.borne(person, account),
        tuple(Exemption.objects.filter(requests, in_force)),
        {each.place: each for each in Redaction.objects.filter(requests).order_by("made_at", "id")},
        now,
    )


def is_in_doubt(person: Subject) -> bool:
    """Whether somebody at the desk doubts, or doubted last, that the mailbox and the data are of the same person."""
    asked = IdentityCheck.objects.undecided().filter(
        request__email__in=person.emails, request__state__in=states.OPEN
    )
    decided = RequestItem.objects.filter(request__email__in=person.emails, right__in=PACKAGED).exclude(
        outcome=""
    )
    last = decided.order_by("-decided_at", "-id").first()
    is_refused = last is not None and last.outcome == ItemOutcome.WITHHELD and last.ground in IN_DOUBT
    return is_refused or asked.exists()


@dataclass(frozen=True)
class CorrectableField:
    """A field of a record that is shown, which its person may have corrected."""

    title: str
    label: str
    value: str
    category: Category


def correctable(found: HeldSearch, holding: str, key: str, field: str) -> CorrectableField | None:
    """``None`` for what is not theirs, not shown, not there, or not to be corrected."""
    known = next((each for each in holdings() if each.label == holding and each.is_searched), None)
    datum = known.data.fields.get(field) if known else None
    if known is None or datum is None or not datum.rectifiable or Omissions(found.exemptions).whole(holding):
        return None
    try:
        row = found.rows(known).filter(pk=key).first()
    except (ValueError, ValidationError):
        row = None
    value = str(getattr(row, field) or "") if row else ""
    place = (holding, str(row.pk) if row else "", field)
    shown = _redacted(found.redactions[place], value) if place in found.redactions else value
    label = str(known.field_label(field))
    return CorrectableField(str(known.data.label), label, shown, datum.category) if row else None


def _stored(store: stores.PersonalStore, person: Subject, now: datetime) -> HeldKind:
    section = search.store_section(store, person, now)
    return HeldKind(section, len(section.records))


def _is_of_open_request(known: Holding, person: Subject) -> Q:
    """What belongs to the file of a request that is not answered: the page of the request says what may be said."""
    open_requests = SubjectRequest.objects.open().filter(email__in=person.emails)
    if known.model is SubjectRequest:
        return Q(state__in=states.OPEN)
    if known.model is AuditEntry:
        keys = map(str, open_requests.values_list("pk", flat=True))
        return Q(kind=SubjectRequest._meta.label_lower, key__in=list(keys))
    prefix = known.data.subject.get("emails", "").rpartition("request__")
    return Q(**{f"{prefix[0]}request__in": open_requests}) if prefix[1] else Q(pk__in=[])


def _fit(known: Holding, record: PackageRecord, redactions: Redactions) -> PackageRecord:
    """Without what is empty, unless it can be completed."""
    listed = [line for line in record.lines if line.is_rectifiable or line.value not in (None, "", [])]
    return replace(record, lines=[_fit_line(known, record.key, line, redactions) for line in listed])


def _fit_line(known: Holding, key: str, line: RecordLine, redactions: Redactions) -> RecordLine:
    if line.is_text and not known.data.fields[line.name].provided:
        return replace(line, value=unread(), is_redacted=True)
    place = (known.label, key, line.name)
    if place not in redactions:
        return line
    return replace(line, value=_redacted(redactions[place], str(line.value)), is_redacted=True)


def _redacted(made: Redaction, text: str) -> str:
    """Of a text that has changed since, nothing: nobody knows where the words about others stand now."""
    try:
        return made.apply(text, redaction.mark())
    except TextChangedError:
        return redaction.mark()


def unread() -> str:
    """What stands in the place of a text that we wrote, in the language in force."""
    return gettext(
        "[a text of ours: in a copy, once we have checked that it says nothing about other people]"
    )
