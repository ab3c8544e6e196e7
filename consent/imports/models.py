"""Lists of addresses that we get from others: nobody on them is a prospect before they confirm."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privacy.companies.models import CollectedModel
from privacy.datamap import masks
from privacy.datamap.declarations import (
    Basis,
    Category,
    Datum,
    Keep,
    NotPersonal,
    PersonalData,
    Purpose,
    Recipient,
)
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel, PersonalDataQuerySet
from privacy.web import languages

KEPT: Final = Period(days=7)
"""As long as the question can be answered."""
UNDO: Final = timedelta(days=1)


class ListState(models.TextChoices):
    CHECKED = "CHECKED", _("checked, nobody was asked")
    ASKING = "ASKING", _("people are being asked")
    ASKED = "ASKED", _("everybody was asked")
    UNDONE = "UNDONE", _("undone")


class LineState(models.TextChoices):
    REFUSED = "REFUSED", _("refused")
    WAITING = "WAITING", _("to be asked")
    ASKED = "ASKED", _("asked to confirm")
    SKIPPED = "SKIPPED", _("left out when it was their turn")


LEFT_OUT: Final = (LineState.REFUSED, LineState.SKIPPED)


class ProspectList(CollectedModel):
    """One file that was brought in: where it is from, and what became of it. Its lines go; this stays."""

    title = models.CharField(_("name of the list"), max_length=100)
    state = models.CharField(
        _("state"), max_length=8, choices=ListState.choices, default=ListState.CHECKED, editable=False
    )
    read_at = models.DateTimeField(_("read at"), editable=False)
    started_at = models.DateTimeField(_("started at"), null=True, editable=False)
    lines_read = models.PositiveIntegerField(_("lines"), default=0, editable=False)
    lines_refused = models.PositiveIntegerField(
        pgettext_lazy("lines of a list", "refused"), default=0, editable=False
    )
    lines_asked = models.PositiveIntegerField(_("asked"), default=0, editable=False)
    lines_skipped = models.PositiveIntegerField(
        pgettext_lazy("lines of a list", "left out"), default=0, editable=False
    )

    personal_data = NotPersonal(
        _("Which lists were brought in, and how many lines they had; the people on them are in their lines."),
        columns={"title": "the name of a list"},
    )

    class Meta:
        verbose_name = _("list brought in")
        verbose_name_plural = _("lists brought in")
        ordering = ("-read_at",)

    def __str__(self) -> str:
        return self.title

    @property
    def lines_waiting(self) -> int:
        return self.lines_read - self.lines_refused - self.lines_asked - self.lines_skipped

    def may_start(self, now: datetime) -> bool:
        """While its lines are kept, which a question takes as long to be answered."""
        return self.state == ListState.CHECKED and self.lines_waiting > 0 and now < KEPT.after(self.read_at)

    def may_undo(self, now: datetime) -> bool:
        is_started = self.state in {ListState.ASKING, ListState.ASKED} and self.started_at is not None
        return self.state == ListState.CHECKED or (
            is_started and self.started_at is not None and now < self.started_at + UNDO
        )


class ListedAddressQuerySet(PersonalDataQuerySet):
    def waiting(self) -> Self:
        return self.filter(state=LineState.WAITING, list__state=ListState.ASKING)


class ListedAddress(PersonalDataModel):
    """One line of a list: an address, and what its owner must be told about where we have it from (article 14)."""

    personal_data = PersonalData(
        label=_("Addresses on lists that we got from others"),
        subject={"emails": "email"},
        purpose=Purpose.PROSPECTS,
        basis=Basis.CONSENT,
        keep=Keep(
            since="kept_from", period=KEPT, since_label=_("our question, or the list if we did not ask")
        ),
        obtained_from=_("Whoever gave us the list: the e-mail that asks you names them"),
        told_in="prospect_confirm",
        recipients=(Recipient.CONTROLLER, Recipient.MARKETING, Recipient.HOST),
        fields={
            "email": Datum(Category.EMAIL, provided=False),
            "mailbox": Datum(Category.EMAIL, provided=False, shown_as=_("your address, as a keyed hash")),
            "language": Datum(Category.CHOICES, provided=False),
            "source": Datum(Category.CHOICES, provided=False),
            "obtained_on": Datum(Category.CHOICES, provided=False),
            "proof": Datum(Category.CHOICES, provided=False),
            "state": Datum(Category.CHOICES, provided=False),
            "kept_from": Datum(Category.CHOICES, provided=False),
        },
        impersonal=("id", "list", "number", "reason", "asking"),
    )

    list = models.ForeignKey(
        ProspectList, verbose_name=_("list"), on_delete=models.PROTECT, related_name="lines"
    )
    number = models.PositiveIntegerField(_("line"))
    email = models.CharField(_("e-mail address"), max_length=254, db_index=True)
    mailbox = models.CharField(_("fingerprint of the mailbox"), max_length=64, blank=True, db_index=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    obtained_on = models.DateField(_("obtained on"), null=True)
    proof = models.CharField(_("proof of consent"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=LineState.choices)
    reason = models.CharField(_("reason"), max_length=16, blank=True)
    kept_from = models.DateTimeField(_("kept from"), db_index=True)
    asking = models.UUIDField(_("question in the ledger"), null=True, db_index=True)

    objects: ClassVar[Any] = ListedAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a list")
        verbose_name_plural = _("lines of lists")
        ordering = ("list", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["list", "number"], name="consent_listedaddress_one_row_a_line"),
            models.CheckConstraint(
                condition=~Q(state=LineState.ASKED) | Q(asking__isnull=False),
                name="consent_listedaddress_asked_by_a_question",
            ),
        ]

    def __str__(self) -> str:
        return masks.email(self.email)

    def get_language_display(self) -> str:
        return languages.name_of(self.language)
