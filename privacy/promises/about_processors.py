"""Promises about processors: their contracts, and what was sent to them."""

from collections.abc import Iterator
from functools import reduce
from operator import or_

from django.db.models import CharField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from privacy.audit.models import AuditEntry
from privacy.companies import european_union
from privacy.companies.models import HostingPlace, Processor
from privacy.promises.checking import CheckRun, Evidence, Promise, none_among
from privacy.recipients.models import Transmission


def promises() -> Iterator[Promise]:
    yield Promise(
        "communication.exports",
        "communication",
        _(
            "What we sent to a company that works for us held only the data that our register lets it have, and left"
            " while our contract with it was in force."
        ),
        _("transmissions beyond that"),
        lambda _check_run: none_among(Transmission.objects.all(), _beyond_the_register()),
    )
    yield Promise(
        "communication.contracts",
        "communication",
        _(
            "Each company that works on data for us is in the European Union and has a contract in force, with its"
            " task, the data it may receive, its safeguards and all the clauses that the law asks for."
        ),
        _("companies that differ"),
        _without_contract,
    )


def _beyond_the_register() -> Q:
    """Categories are compared since the entry was last changed: what an older entry allowed was right then."""
    changes = AuditEntry.objects.filter(
        action="privacy.processor.changed", kind="privacy.processor", key=Cast(OuterRef("pk"), CharField())
    )
    last = changes.order_by().values("key").annotate(last=Max("at")).values("last")
    known = Processor.objects.annotate(changed_at=Subquery(last))
    return reduce(or_, map(_beyond, known), Q(pk__in=[]))


def _beyond(processor: Processor) -> Q:
    """`processor` has `changed_at`."""
    beyond = ~Q(categories__contained_by=processor.categories)
    if changed_at := getattr(processor, "changed_at", None):
        beyond &= Q(at__gt=changed_at)
    beyond |= Q(at__date__lt=processor.contract_on)
    if processor.until:
        beyond |= Q(at__date__gt=processor.until)
    return Q(processor=processor) & beyond


def _without_contract(check_run: CheckRun) -> Evidence:
    """Of those in force, and of those who host data whatever their contract says."""
    today = localdate(check_run.now)
    in_force: QuerySet[Processor] = Processor.objects.in_force(today)
    hosting = HostingPlace.objects.in_force(today).exclude(processor=None).values("processor")
    serving = Processor.objects.filter(Q(pk__in=in_force.values("pk")) | Q(pk__in=hosting))
    incomplete = Q(task__regex=r"^\s*$") | Q(safeguards__regex=r"^\s*$") | Q(categories__len=0)
    incomplete |= ~Q(clauses__contains=Processor.Clause.values)
    outside = ~Q(country__in=european_union.MEMBERS)
    return none_among(serving, ~Q(pk__in=in_force.values("pk")) | incomplete | outside)
