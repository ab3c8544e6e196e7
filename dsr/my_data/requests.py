"""The requests of whoever is signed in: those that a mailed link to their address would open."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from dsr.messages.models import Author, RequestMessage
from dsr.my_data.names import BorneNames
from dsr.package.models import AccessPackage
from dsr.requests.mandate_models import AnswersTo
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import paris_day
from privacy.datamap.registry import holding
from privacy.datamap.subjects import Subject

MOST = 20


@dataclass(frozen=True)
class OwnRequest:
    """One of them, as the list shows it."""

    request: SubjectRequest
    due_on: date | None
    is_suspended: bool
    has_unanswered_message: bool
    package_until: datetime | None


def own(person: Subject, names: BorneNames, *, now: datetime) -> "QuerySet[SubjectRequest]":
    """Whose messages go to the person, the latest first: not those that somebody else made for them and answers to."""
    is_reader = Q(mandate=None) | Q(mandate__answers_to=AnswersTo.PERSON)
    is_representative = Q(mandate__answers_to=AnswersTo.REPRESENTATIVE)
    theirs = Q(email__in=person.emails) & is_reader
    made = Q(mandate__representative__email__in=person.emails) & is_representative
    live = SubjectRequest.objects.live(now)
    named = names.only_own(holding(SubjectRequest), live.filter(theirs))
    return live.filter(Q(pk__in=named.values("pk")) | made).order_by("-received_at", "pk")


def listed(found: "QuerySet[SubjectRequest]", *, now: datetime) -> list[OwnRequest]:
    """The latest of them."""
    last = RequestMessage.objects.filter(request=OuterRef("pk")).order_by("-written_at", "-id")
    rows = found.annotate(last_author=Subquery(last.values("author")[:1])).prefetch_related("identity_checks")
    latest = list(rows[:MOST])
    packages = {each.request_id: each for each in AccessPackage.objects.ready(now).filter(request__in=latest)}
    return [_shown(each, packages.get(each.pk), now=now) for each in latest]


def _shown(request: SubjectRequest, package: AccessPackage | None, *, now: datetime) -> OwnRequest:
    clock = request.clock()
    return OwnRequest(
        request=request,
        due_on=clock.due_on(paris_day(now)) if request.is_open else None,
        is_suspended=request.is_open and clock.is_suspended,
        has_unanswered_message=request.is_open and vars(request)["last_author"] == Author.CONTROLLER,
        package_until=package.until(now=now) if package else None,
    )
