"""The consent ledger: what was answered, when, to which words. Rows are added, never changed."""

import hashlib
import uuid
from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from consent.ledger import topics
from privacy.audit.ledger import AppendOnlyModel
from privacy.companies.models import CollectedModel
from privacy.datamap.declarations import Basis, Category, Datum, Keep, NotPersonal, PersonalData, Purpose
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel, PersonalDataQuerySet
from privacy.web import languages

TO_CONFIRM = Period(days=7)
"""How long an asking waits to be confirmed from the mailbox; after that nothing of it is kept."""


class Wording(AppendOnlyModel):
    """The exact words that people were shown. Questions put to every visitor are kept with their HTML as well."""

    personal_data = NotPersonal(
        _("The words shown to everybody."),
        columns={
            "sha256": "the digest of a text",
            "text": "what every visitor was shown",
            "markup": "what every visitor was shown",
        },
    )

    sha256 = models.CharField(_("SHA-256"), max_length=64, primary_key=True)
    language = models.CharField(_("language"), max_length=8)
    text = models.TextField(_("words shown"))
    markup = models.TextField(_("as rendered"), blank=True)
    first_shown_at = models.DateTimeField(_("first shown at"))

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        ordering = ["-first_shown_at"]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} ({self.language})"

    @staticmethod
    def hash_of(text: str) -> str:
        """The same as `sha256sum` of the text in UTF-8, so that anybody can verify it."""
        return hashlib.sha256(text.encode()).hexdigest()


class ConsentTerm(models.Model):
    """When a choice about one topic ended or will end; null while it has no end.

    A proof of consent must outlive the consent, so its retention begins when the consent ends. Lines of the ledger
    cannot change, therefore the end is here, and all lines about the same matter point to it.
    """

    personal_data = NotPersonal(_("A date that lines of the ledger point to; it goes with them."))

    ended_at = models.DateTimeField(_("end of the choice"), null=True, db_index=True)
    confirm_by = models.DateTimeField(_("to be confirmed before"), null=True, db_index=True)
    """Of an asking, which has a term of its own: null once it is confirmed."""

    class Meta:
        verbose_name = _("term of a choice")
        verbose_name_plural = _("terms of choices")

    def __str__(self) -> str:
        return str(self.ended_at or "")

    def end(self, at: datetime | None) -> None:
        """`None`: it has no end until it is withdrawn."""
        self.ended_at = at
        self.save()

    def confirm(self, *, now: datetime) -> bool:
        """The asking was confirmed: it is kept as a proof now. False where it was before, or its time is over."""
        waiting = ConsentTerm.objects.filter(pk=self.pk, confirm_by__gt=now)
        return waiting.update(ended_at=now, confirm_by=None) == 1


class ConsentEventQuerySet(PersonalDataQuerySet):
    def answers(self) -> Self:
        """Without the lines that only ask."""
        return self.exclude(kind=ConsentEvent.ConsentKind.ASK)

    def askings(self) -> Self:
        return self.filter(kind=ConsentEvent.ConsentKind.ASK)


_CHOICE = Datum(Category.CHOICES)


class ConsentEvent(AppendOnlyModel, CollectedModel, PersonalDataModel):
    """One line: who answered (the receipt of a browser, or an address), what, how, to which words."""

    class ConsentKind(models.TextChoices):
        ASK = "ASK", _("asked to confirm")
        GRANT = "GRANT", _("given")
        REFUSE = "REFUSE", _("refused")
        WITHDRAW = "WITHDRAW", _("withdrawn")
        EXPIRE = "EXPIRE", _("expired")

    class Act(models.TextChoices):
        ACCEPT_ALL = "ACCEPT_ALL", _("button “Accept all”")
        REFUSE_ALL = "REFUSE_ALL", _("button “Refuse all”")
        CHOICE = "CHOICE", _("choice on the preferences page")
        BOX = "BOX", _("box ticked in a form")
        LINK = "LINK", _("link in an e-mail")
        REQUEST = "REQUEST", _("request to exercise rights")
        CLOCK = "CLOCK", _("end of validity")
        GPC = "GPC", _("signal of the browser (Global Privacy Control)")
        MY_DATA = "MY_DATA", _("switch on the page “My data”, signed in")
        ACCOUNT = "ACCOUNT", _("box ticked for an account, made by a link in an e-mail")
        IMPORT = "IMPORT", _("list of addresses brought in")
        COMPLAINT = "COMPLAINT", _("message reported as unwanted, in the mailbox")

    personal_data = PersonalData(
        label=_("Consents and choices"),
        subject={"emails": "email", "receipts": "receipt"},
        found_on="choices",
        purpose=Purpose.VISITORS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(
            since="term__ended_at",
            period=Period(years=5),
            since_label=_("the end of your choice"),
            until="term__confirm_by",
            until_label=format_lazy(
                _("you were asked to confirm and did not: then {period} in all"), period=TO_CONFIRM
            ),
        ),
        fields={
            "happened_at": _CHOICE,
            "kind": _CHOICE,
            "topic": _CHOICE,
            "purpose": _CHOICE,
            "act": _CHOICE,
            "wording": _CHOICE,
            "language": _CHOICE,
            "page": _CHOICE,
            "has_gpc": _CHOICE,
            "valid_until": _CHOICE,
            "receipt": _CHOICE,
            "email": Datum(Category.EMAIL),
            "entity": _CHOICE,
        },
        impersonal=("id", "record", "policy_version", "term"),
    )

    objects: ClassVar[Any] = ConsentEventQuerySet.as_manager()

    record = models.UUIDField(_("record"), default=uuid.uuid4, unique=True, editable=False)
    term = models.ForeignKey(ConsentTerm, on_delete=models.PROTECT, verbose_name=_("term of a choice"))
    happened_at = models.DateTimeField(_("when"))
    kind = models.CharField(_("event"), max_length=8, choices=ConsentKind.choices)
    topic = models.CharField(_("about"), max_length=32, help_text=_("A group of cookies, or “prospecting”."))
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose.choices)
    act = models.CharField(_("act"), max_length=10, choices=Act.choices)
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, verbose_name=_("words shown"))
    language = models.CharField(_("language"), max_length=8)
    page = models.CharField(_("page"), max_length=200, blank=True)
    has_gpc = models.BooleanField(_("browser sent Global Privacy Control"), default=False)
    valid_until = models.DateTimeField(_("valid until"), null=True)
    policy_version = models.CharField(  # type: ignore[assignment]  # as text, since 0.2.0
        _("policy version"), max_length=16, blank=True
    )
    receipt = models.UUIDField(_("receipt"), null=True)
    email = models.EmailField(_("e-mail"), blank=True)

    class Meta:
        verbose_name = _("consent event")
        verbose_name_plural = _("consent events")
        ordering = ["-happened_at", "-id"]
        indexes = [
            models.Index(fields=["receipt", "topic", "id"], name="consent_event_by_receipt"),
            models.Index(fields=["email", "topic", "id"], name="consent_event_by_email"),
            models.Index(fields=["happened_at"], name="consent_event_by_time"),
            models.Index(fields=["valid_until"], name="consent_event_open_grants", condition=Q(kind="GRANT")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(receipt__isnull=False, email="") | Q(receipt__isnull=True) & ~Q(email=""),
                name="consent_consentevent_one_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()}, {self.get_kind_display()}"

    def get_topic_display(self) -> str:
        return topics.label(self.topic)

    def get_wording_display(self) -> str:
        """The access package contains the words themselves, not their hash."""
        return self.wording.text

    def get_language_display(self) -> str:
        return languages.name_of(self.language)
