"""Requests: unconfirmed first, until the mailed link confirms them."""

import secrets
import uuid
from datetime import date, datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import case_file_data
from dsr.rules import states
from dsr.rules.choices import GrowingChoices
from dsr.rules.deadlines import Clock, Suspension, paris_day
from dsr.rules.rights import RefusalGround, Right
from dsr.rules.states import RequestState
from privacy.companies.models import CollectedModel
from privacy.datamap import registry, subjects
from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose
from privacy.datamap.periods import Period, expires_expression
from privacy.datamap.registry import PersonalDataModel, PersonalDataQuerySet
from privacy.datamap.subjects import Subject

# Crockford's base 32: without letters that can be mistaken for others.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
UNCONFIRMED_KEEP = Period(days=7)
UNCONFIRMED_REMIND_AFTER = Period(days=5)  # two days before the form is deleted
REQUEST_FIELDS = {
    "rights": Datum(Category.REQUESTS),
    "surname": Datum(Category.SURNAME, rectifiable=True),
    "first_name": Datum(Category.FIRST_NAME, rectifiable=True),
    "email": Datum(Category.EMAIL),
    "details": Datum(Category.MESSAGES),
    "received_at": Datum(Category.REQUESTS, provided=False),
    "entity": Datum(Category.REQUESTS, provided=False),
}


def new_reference() -> str:
    """Eight characters that can be said on the telephone; no counter, so that it tells nothing of other requests."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{signs[:4]}-{signs[4:]}"


class BaseRequest(CollectedModel, PersonalDataModel):
    """What a person wrote on the form."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rights = ArrayField(models.CharField(max_length=20, choices=Right.choices), verbose_name=_("rights"))
    surname = models.CharField(_("surname"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254)
    details = models.TextField(_("details given"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        abstract = True

    def get_rights_display(self) -> str:
        return ", ".join(str(Right(right).label) for right in self.rights)

    def full_name(self) -> str:
        return f"{self.first_name} {self.surname}".strip()


class Setback(GrowingChoices):
    """Why a granted answer could not be made as it was decided: the controller decides again."""

    CORRECTION = "CORRECTION", _("A correction can no longer be written. Below stands which one and why.")
    REDACTION = "REDACTION", _("A text in which words were redacted has changed since. Mark them again.")
    BY_HAND = "BY_HAND", _("It was taken back at the desk.")


class UnconfirmedRequestQuerySet(PersonalDataQuerySet):
    def to_mail(self) -> Self:
        """Whose link has not been mailed yet, the oldest first."""
        return self.filter(is_mailed=True, link_sent_at=None).order_by("received_at", "pk")

    def to_remind(self, now: datetime) -> Self:
        """That lapse soon, and of which nobody was reminded."""
        begun = expires_expression("received_at", UNCONFIRMED_REMIND_AFTER)
        waiting = self.filter(link_sent_at__isnull=False, reminded_at=None)
        return waiting.filter(LessThanOrEqual(begun, now)).order_by("received_at", "pk")


class UnconfirmedRequest(BaseRequest):
    """Deleted after some days, unless its address is confirmed.

    ``recording_stopped_at``: what the browser that sent the form can stop by itself was stopped then, confirmed or not.
    """

    recording_stopped_at = models.DateTimeField(_("recording of visits stopped at"), null=True, blank=True)

    # Whoever is signed in under the address needs no link by mail.
    is_mailed = models.BooleanField(_("confirmed by a mailed link"), default=True)
    link_sent_at = models.DateTimeField(_("link mailed at"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)

    objects: ClassVar = UnconfirmedRequestQuerySet.as_manager()
    personal_data = PersonalData(
        label=_("Requests that you have not confirmed yet"),
        subject={"emails": "email"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(since="received_at", period=UNCONFIRMED_KEEP, since_label=_("their receipt")),
        fields={
            **REQUEST_FIELDS,
            "recording_stopped_at": Datum(Category.REQUESTS, provided=False),
            "link_sent_at": Datum(Category.REQUESTS, provided=False),
            "reminded_at": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "language", "policy_version", "is_mailed"),
    )

    class Meta:
        verbose_name = _("unconfirmed request")
        verbose_name_plural = _("unconfirmed requests")
        ordering = ("received_at",)

    def __str__(self) -> str:
        return str(self.pk)


class SubjectRequestQuerySet(PersonalDataQuerySet):
    def open(self) -> Self:
        return self.filter(state__in=states.OPEN)

    def related_to(self, request: "SubjectRequest") -> Self:
        """Others of the same address, those that ask for the same first; none for somebody without an address."""
        same = models.Q(rights__overlap=request.rights)
        others = self.filter(email=request.email).exclude(pk=request.pk) if request.email else self.none()
        return others.annotate(asks_the_same=same).order_by("-asks_the_same", "-received_at")

    def due_before(self, day: date) -> Self:
        """Whose last day lies before ``day``; never a suspended one."""
        waiting = self.model.objects.suspended().values("pk")
        return self.filter(due_on__lt=day).exclude(pk__in=waiting)

    def suspended(self) -> Self:
        """Waiting for a proof of identity."""
        return self.filter(identity_checks__asked_at__isnull=False, identity_checks__came_on=None)


class SubjectRequest(BaseRequest):
    """A confirmed request. One that came by letter may have no e-mail address."""

    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    by_post = models.BooleanField(_("answered by post"), default=False)
    postal_address = models.TextField(_("postal address"), blank=True)
    reference = models.CharField(_("reference"), max_length=9, unique=True, default=new_reference)
    state = models.CharField(
        _("state"), max_length=20, choices=RequestState.choices, default=RequestState.RECEIVED
    )
    confirmed_at = models.DateTimeField(_("confirmed at"))
    extended_at = models.DateTimeField(_("extended at"), null=True, blank=True)
    due_on = models.DateField(_("due on"), db_index=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    ground = models.CharField(
        _("ground of refusal"), max_length=20, choices=RefusalGround.as_choices, blank=True
    )
    assignee = models.CharField(_("assigned to"), max_length=40, blank=True)
    target_on = models.DateField(_("own target"), null=True, blank=True)
    lifts_on = models.DateField(_("restriction ends on"), null=True, blank=True)
    prepared_by = models.CharField(_("prepared by"), max_length=40, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=40, blank=True)
    proposed_ground = models.CharField(
        _("ground of a refusal that is proposed"), max_length=20, choices=RefusalGround.as_choices, blank=True
    )
    proposed_reason = models.TextField(_("reasons of a refusal that is proposed"), blank=True)
    setback = models.CharField(
        _("what stood in the way"), max_length=20, choices=Setback.as_choices, blank=True
    )
    links_used = models.PositiveIntegerField(_("mailed links used"), default=0)

    objects: ClassVar = SubjectRequestQuerySet.as_manager()
    personal_data = case_file_data(
        label=_("Requests to exercise your rights"),
        fields={
            "reference": Datum(Category.REQUESTS, provided=False),
            **REQUEST_FIELDS,
            "by_post": Datum(Category.REQUESTS, provided=False),
            "postal_address": Datum(Category.POSTAL_ADDRESS, rectifiable=True),
            "state": Datum(Category.REQUESTS, provided=False),
            "confirmed_at": Datum(Category.REQUESTS, provided=False),
            "extended_at": Datum(Category.REQUESTS, provided=False),
            "due_on": Datum(Category.REQUESTS, provided=False),
            "closed_at": Datum(Category.REQUESTS, provided=False),
            "ground": Datum(Category.REQUESTS, provided=False),
            "proposed_ground": Datum(Category.REQUESTS, provided=False),
            "proposed_reason": Datum(Category.REQUESTS, provided=False),
            "lifts_on": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=(
            "id",
            "language",
            "policy_version",
            "links_used",
            "assignee",
            "target_on",
            "prepared_by",
            "approved_by",
            "setback",
        ),
    )

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ("due_on", "received_at")
        constraints = [
            models.CheckConstraint(
                name="dsr_subjectrequest_closed_has_date",
                condition=models.Q(state__in=sorted(states.OPEN), closed_at=None)
                | models.Q(state__in=sorted(states.FINAL), closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="dsr_subjectrequest_refused_has_ground",
                condition=models.Q(state=RequestState.REFUSED) ^ models.Q(ground=""),
            ),
            models.CheckConstraint(
                name="dsr_subjectrequest_four_eyes",
                condition=models.Q(prepared_by="") | ~models.Q(approved_by=models.F("prepared_by")),
            ),
            models.CheckConstraint(
                name="dsr_subjectrequest_proposal_has_both",
                condition=models.Q(proposed_ground="") ^ ~models.Q(proposed_reason=""),
            ),
            models.CheckConstraint(
                name="dsr_subjectrequest_can_be_answered",
                condition=models.Q(by_post=False) & ~models.Q(email="")
                | models.Q(by_post=True) & ~models.Q(postal_address=""),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.state in states.OPEN

    def subject(self) -> Subject:
        """Known by address, and by the account of the address."""
        address = frozenset(filter(None, [self.email]))
        return registry.with_accounts(Subject(emails=address))

    def pseudonym(self) -> str:
        """Under which the audit trail knows the person; empty without an address."""
        return subjects.fingerprint(self.email) if self.email else ""

    def clock(self) -> Clock:
        """One query."""
        waits = [check for check in self.identity_checks.all() if check.asked_at]
        return Clock(
            received_on=paris_day(self.received_at),
            suspensions=tuple(Suspension(paris_day(each.asked_at), each.came_on) for each in waits),
            extended_on=paris_day(self.extended_at) if self.extended_at else None,
        )

    def update_due_date(self, now: datetime) -> None:
        """Call it after something moved the clock; the caller saves."""
        self.due_on = self.clock().due_on(paris_day(now))
