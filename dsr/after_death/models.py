"""Instructions about one's data after death (act 78-17, article 85): unconfirmed first, then recorded."""

import re
import unicodedata
import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import CLOSED_KEEP
from dsr.requests.models import UNCONFIRMED_KEEP, SubjectRequest
from dsr.rules.after_death import Scope, Wish
from privacy.companies.models import CollectedModel
from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose
from privacy.datamap.registry import PersonalDataModel, PersonalDataQuerySet

WORDS = {
    "surname": Datum(Category.SURNAME, rectifiable=True),
    "first_name": Datum(Category.FIRST_NAME, rectifiable=True),
    "email": Datum(Category.EMAIL),
    "wish": Datum(Category.CHOICES),
    "scope": Datum(Category.CHOICES),
    "recipient": Datum(Category.MESSAGES, rectifiable=True),
    "executor": Datum(Category.MESSAGES, rectifiable=True),
    "details": Datum(Category.MESSAGES, rectifiable=True),
}


class BaseInstructions(CollectedModel, PersonalDataModel):
    """What a person wrote on the form. They name other people: in their own words, with how to reach them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    surname = models.CharField(_("surname"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254)
    wish = models.CharField(_("what becomes of the data"), max_length=20, choices=Wish.as_choices)
    scope = models.CharField(_("which data"), max_length=20, choices=Scope.as_choices)
    recipient = models.CharField(_("handed over to"), max_length=300, blank=True)
    executor = models.CharField(_("carried out by"), max_length=300, blank=True)
    details = models.TextField(_("details given"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.pk)

    def full_name(self) -> str:
        return f"{self.first_name} {self.surname}".strip()


class UnconfirmedInstructions(BaseInstructions):
    """Deleted after some days, unless its address is confirmed."""

    received_at = models.DateTimeField(_("received at"), db_index=True)
    link_sent_at = models.DateTimeField(_("link mailed at"), null=True, blank=True)

    personal_data = PersonalData(
        label=_("Instructions about your data after your death that you have not confirmed yet"),
        subject={"emails": "email"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(
            since="received_at", period=UNCONFIRMED_KEEP, since_label=_("the day on which we got them")
        ),
        fields={
            **WORDS,
            "received_at": Datum(Category.REQUESTS, provided=False),
            "link_sent_at": Datum(Category.REQUESTS, provided=False),
            "entity": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "language", "policy_version"),
    )

    class Meta:
        verbose_name = _("unconfirmed instructions after death")
        verbose_name_plural = _("unconfirmed instructions after death")


def _words(name: str) -> frozenset[str]:
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return frozenset(re.findall(r"\w+", bare.casefold()))


def _is_same(one: frozenset[str], other: frozenset[str]) -> bool:
    """All the words of the shorter name stand in the longer one; a single word alone is no name of somebody's own."""
    shorter = min(one, other, key=len)
    return shorter <= one & other and (len(shorter) > 1 or one == other)


class InstructionsQuerySet(PersonalDataQuerySet):
    def of_person_in(self, request: SubjectRequest) -> Self:
        """Found by the address, or by the names: others may be called the same, so the desk compares.

        Names in another order, without accents or with one surname of two count as the same.
        """
        named = self.values_list("pk", "first_name", "surname")
        wanted = _words(request.full_name())
        same = [pk for pk, *names in named.iterator() if _is_same(wanted, _words(" ".join(names)))]
        same_name = models.Q(pk__in=same)
        same_address = models.Q(email=request.email) if request.email else models.Q(pk=None)
        found = self.filter(same_name | same_address)
        return found.annotate(is_of_address=models.ExpressionWrapper(same_address, models.BooleanField()))


class Instructions(BaseInstructions):
    """The last that somebody recorded. They stay until withdrawn or replaced: nobody knows when they are needed.

    Once a request about the dead person was decided by them, they stay as long as its file.
    """

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    recorded_at = models.DateTimeField(_("recorded at"), db_index=True)
    used_at = models.DateTimeField(_("carried out at"), null=True, blank=True)

    objects: ClassVar = InstructionsQuerySet.as_manager()
    personal_data = PersonalData(
        label=_("Your instructions about your data after your death"),
        subject={"emails": "email"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(
            since="used_at",
            period=CLOSED_KEEP,
            since_label=_("the day on which they were used; you may withdraw them at any time before"),
        ),
        fields={
            **WORDS,
            "recorded_at": Datum(Category.REQUESTS, provided=False),
            "used_at": Datum(Category.REQUESTS, provided=False),
            "entity": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "language", "policy_version"),
    )

    class Meta:
        verbose_name = _("instructions after death")
        verbose_name_plural = _("instructions after death")
        ordering = ("surname", "first_name")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="dsr_instructions_not_withdrawn", condition=~models.Q(wish=Wish.WITHDRAW)
            ),
        ]

    def use(self, now: datetime) -> None:
        self.used_at = now
        self.save(update_fields=["used_at"])
