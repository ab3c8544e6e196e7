"""What became of each right in one request, and what is withheld from it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import case_file_data
from dsr.requests.models import SubjectRequest
from dsr.rules import record_labels
from dsr.rules.rights import AT_ONCE, IN_LAW, ItemOutcome, RefusalGround, Right
from dsr.rules.states import RequestState
from privacy.datamap.declarations import Category, Datum
from privacy.datamap.models import Objection
from privacy.datamap.registry import PersonalDataModel, PersonalDataQuerySet, holding_called
from privacy.rights import archive_objection
from privacy.rights.archive_objection import Archive


class UseState(StrEnum):
    """What became of a use that was objected to."""

    DELETED = auto()
    STORED = auto()  # what has to be kept is, without being used
    RESUMED = auto()  # when the person asked
    NOT_ARCHIVED = auto()  # in use until its time in use is over, and deleted then


@dataclass(frozen=True)
class StoppedUse:
    """One kind of record whose use was stopped, and for what it had served."""

    label: str
    purpose: str
    state: UseState
    resumed_at: datetime | None = None


class RequestItemQuerySet(PersonalDataQuerySet):
    def undecided(self) -> Self:
        return self.filter(outcome="")

    def granted(self) -> Self:
        return self.filter(outcome=ItemOutcome.SATISFIED)

    def withheld(self) -> Self:
        return self.filter(outcome=ItemOutcome.WITHHELD)


class RequestItem(PersonalDataModel):
    """One right of a request: open, then decided. A decision may be changed until the answer is sent."""

    request = models.ForeignKey(SubjectRequest, on_delete=models.CASCADE, related_name="items")
    right = models.CharField(_("right"), max_length=20, choices=Right.choices)
    outcome = models.CharField(_("outcome"), max_length=20, choices=ItemOutcome.choices, blank=True)
    ground = models.CharField(_("ground"), max_length=20, choices=RefusalGround.as_choices, blank=True)
    reason = models.TextField(_("reasons"), blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=40, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    uses = ArrayField(
        models.CharField(max_length=100), verbose_name=_("uses to stop"), default=list, blank=True
    )

    objects: ClassVar = RequestItemQuerySet.as_manager()
    personal_data = case_file_data(
        "request",
        label=_("What became of each right you asked for"),
        fields={
            name: Datum(Category.REQUESTS, provided=False)
            for name in ("right", "outcome", "ground", "reason", "until", "decided_at", "done_at", "uses")
        },
        impersonal=("id", "request", "decided_by"),
    )

    class Meta:
        verbose_name = _("right asked for")
        verbose_name_plural = _("rights asked for")
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(name="dsr_requestitem_once", fields=["request", "right"]),
            models.CheckConstraint(
                name="dsr_requestitem_decided_has_date",
                condition=Q(outcome="", decided_at=None) | (~Q(outcome="") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="dsr_requestitem_withheld_has_ground",
                condition=Q(outcome=ItemOutcome.WITHHELD) & ~Q(ground="") & ~Q(reason="")
                | ~Q(outcome=ItemOutcome.WITHHELD) & Q(ground=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_right_display())

    def is_told(self) -> bool:
        """Whether the person may read the outcome: it is carried out, or the answer has left."""
        return self.done_at is not None or self.request.state in {RequestState.ANSWERED, RequestState.REFUSED}

    @property
    def stopped_at(self) -> datetime | None:
        """When what needs no weighing was stopped by the software; ``None`` for what was decided at the desk."""
        return self.done_at if self.right in AT_ONCE and self.done_at == self.decided_at else None

    @property
    def is_of_browser(self) -> bool:
        """Whether it was done in one browser alone, the one that sent the form."""
        return self.right == Right.NO_NAVIGATION

    def is_refused_in_part(self) -> bool:
        """Whether something of it is not granted: all, a correction, records, or words about others."""
        corrected = all(each.is_accepted for each in self.corrections.all())
        is_whole = corrected and not self.exemptions.all() and not self.redactions.all()
        return self.outcome == ItemOutcome.WITHHELD or not is_whole

    def get_uses_display(self) -> str:
        return ", ".join(map(record_labels.of_use, self.uses))

    def stopped(self) -> list[StoppedUse]:
        """Of a granted objection that was carried out, each use as it stands now."""
        if not self.uses or not self.done_at:
            return []
        placed = Objection.objects.filter(reference=self.request.reference, holding__in=self.uses)
        archives = filter(None, map(archive_objection.archive_called, self.uses))
        return [*map(_as_it_stands, placed.order_by("pk")), *map(_not_archived, archives)]

    def in_law(self) -> str:
        return str(IN_LAW[Right(self.right)])


def _as_it_stands(objection: Objection) -> StoppedUse:
    known = holding_called(objection.holding)
    purpose = str(known.data.purpose.label) if known else ""
    if objection.ended_at:
        state = UseState.RESUMED
    else:
        state = UseState.STORED if objection.rows().exists() else UseState.DELETED
    return StoppedUse(objection.get_holding_display(), purpose, state, objection.ended_at)


def _not_archived(archive: Archive) -> StoppedUse:
    return StoppedUse(str(archive), str(archive.holding.data.purpose.label), UseState.NOT_ARCHIVED)


class Exemption(PersonalDataModel):
    """What is withheld from a right that is otherwise granted: one record, or with an empty key a whole holding."""

    item = models.ForeignKey(RequestItem, on_delete=models.CASCADE, related_name="exemptions")
    holding = models.CharField(_("kind of record"), max_length=100)
    key = models.CharField(_("record"), max_length=64, blank=True, default="")
    ground = models.CharField(_("ground"), max_length=20, choices=RefusalGround.as_choices)
    reason = models.TextField(_("reasons"))
    until = models.DateField(_("until"), null=True, blank=True)
    made_at = models.DateTimeField(_("decided at"))
    made_by = models.CharField(_("decided by"), max_length=40)

    personal_data = case_file_data(
        "item__request",
        label=_("What was withheld from your requests"),
        fields={
            name: Datum(Category.REQUESTS, provided=False)
            for name in ("holding", "ground", "reason", "until", "made_at")
        },
        impersonal=("id", "item", "key", "made_by"),
    )

    class Meta:
        verbose_name = _("exemption")
        verbose_name_plural = _("exemptions")
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(name="dsr_exemption_once", fields=["item", "holding", "key"]),
            models.CheckConstraint(name="dsr_exemption_has_ground", condition=~Q(ground="") & ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return self.holding

    def get_holding_display(self) -> str:
        return record_labels.of_holding(self.holding)

    def title(self) -> str:
        """The holding, as people are told it."""
        found = self.get_holding_display()
        return gettext("%(title)s (one record)") % {"title": found} if self.key else found
