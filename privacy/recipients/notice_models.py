"""Whether a person was told that their data were disclosed, will be, or why not (clause 7 of the policy)."""

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel, PersonalDataQuerySet
from privacy.recipients.models import Disclosure

GONE_ONCE_TOLD = _("kept only until you are told")


class Way(models.TextChoices):
    """One of three is chosen for each person."""

    NOW = "NOW", _("told now")
    LATER = "LATER", _("told later: the law forbids it until a date")
    NOT = "NOT", _("not told, for the reason written down")


class Means(models.TextChoices):
    EMAIL = "EMAIL", _("by e-mail")
    LETTER = "LETTER", _("by letter")


class Silence(models.TextChoices):
    """Why a person is not told, or not yet. Those in `FORBIDS_ACCESS` also stand against the right of access."""

    INVESTIGATION = "INVESTIGATION", _("an investigation is secret (code of criminal procedure, article 11)")
    FORBIDDEN = "FORBIDDEN", _("a law or an authority forbids telling (GDPR, article 23)")
    SECRECY = "SECRECY", _("a duty of professional secrecy (GDPR, article 14(5)(d))")
    DEFEAT = "DEFEAT", _("telling would defeat the purpose of the disclosure (GDPR, article 14(5)(b))")
    KNOWN = "KNOWN", _("the person knows already (GDPR, articles 13(4) and 14(5)(a))")
    UNREACHABLE = "UNREACHABLE", _("no address is known or can be found (GDPR, article 14(5)(b))")


FORBIDS_ACCESS = (Silence.INVESTIGATION, Silence.FORBIDDEN, Silence.SECRECY, Silence.DEFEAT)


class DisclosureNoticeQuerySet(PersonalDataQuerySet):
    def waiting(self) -> Self:
        """The person is to be told, and is not yet: a mail that has not left and a letter not posted count too."""
        return self.filter(told_at=None).exclude(way=Way.NOT)

    def to_tell(self, today: date) -> Self:
        """Of those that wait, the ones that nothing forbids any more."""
        return self.waiting().filter(Q(way=Way.NOW) | Q(until__lt=today))

    def late(self, today: date) -> Self:
        return self.waiting().filter(due_on__lt=today)

    def secret(self, today: date) -> Self:
        """Those of whose disclosure the person must not learn, in an answer to an access request either."""
        return self.filter(Q(way=Way.LATER, until__gte=today) | Q(way=Way.NOT, silence__in=FORBIDS_ACCESS))


class DisclosureNotice(PersonalDataModel):
    """One person and one disclosure. The addresses are emptied once the person is told."""

    disclosure = models.OneToOneField(
        Disclosure, verbose_name=_("disclosure"), on_delete=models.CASCADE, related_name="notice"
    )
    way = models.CharField(_("the person is"), max_length=10, choices=Way.choices)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    postal_address = models.TextField(_("postal address"), max_length=500, blank=True)
    language = models.CharField(_("language"), max_length=5)
    explanation = models.TextField(_("why, as the person reads it"), max_length=2000, blank=True)
    until = models.DateField(_("may not be told until"), null=True)
    silence = models.CharField(
        _("ground for not telling"), max_length=20, choices=Silence.choices, blank=True
    )
    reason = models.TextField(_("why not told"), max_length=2000, blank=True)
    due_on = models.DateField(_("to be told by"), null=True, db_index=True)
    means = models.CharField(_("how told"), max_length=10, choices=Means.choices, blank=True)
    mail = models.UUIDField(_("number of the e-mail"), null=True)  # no foreign key: the mail goes long before
    told_at = models.DateTimeField(_("told at"), null=True)
    reminded_on = models.DateField(_("controller reminded on"), null=True)
    decided_at = models.DateTimeField(_("decided at"))
    decided_by = models.CharField(_("decided by"), max_length=40)

    objects: ClassVar[Any] = DisclosureNoticeQuerySet.as_manager()

    personal_data = PersonalData(
        label=_("Whether you were told of a disclosure"),
        subject={"fingerprints": "disclosure__about"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(since="disclosure__at", period=Period(years=5), since_label=_("the disclosure")),
        fields={
            "way": Datum(Category.REQUESTS, provided=False),
            "email": Datum(Category.EMAIL, provided=False, shown_as=GONE_ONCE_TOLD),
            "name": Datum(Category.SURNAME, provided=False, shown_as=GONE_ONCE_TOLD),
            "postal_address": Datum(Category.POSTAL_ADDRESS, provided=False, shown_as=GONE_ONCE_TOLD),
            "explanation": Datum(Category.REQUESTS, provided=False),
            "until": Datum(Category.REQUESTS, provided=False),
            "silence": Datum(Category.REQUESTS, provided=False),
            "reason": Datum(Category.REQUESTS, provided=False),
            "due_on": Datum(Category.REQUESTS, provided=False),
            "means": Datum(Category.REQUESTS, provided=False),
            "told_at": Datum(Category.REQUESTS, provided=False),
            "decided_at": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "disclosure", "language", "mail", "reminded_on", "decided_by"),
        erasure_exemption=_("It lets us tell you of a disclosure of your data, and proves that we did."),
    )

    class Meta:
        verbose_name = _("notice of a disclosure")
        verbose_name_plural = _("notices of disclosures")
        ordering = ("due_on", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(way=Way.NOW) | (~Q(reason="") & ~Q(silence="")),
                name="privacy_disclosurenotice_silence_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(way=Way.LATER) | Q(until__isnull=False),
                name="privacy_disclosurenotice_later_has_date",
            ),
            models.CheckConstraint(
                condition=Q(way=Way.NOT) | Q(due_on__isnull=False),
                name="privacy_disclosurenotice_to_be_told_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.disclosure} {self.get_way_display()}"

    @property
    def is_told(self) -> bool:
        return self.told_at is not None

    @property
    def is_waiting(self) -> bool:
        return not self.is_told and self.way != Way.NOT

    @property
    def waits_for_post(self) -> bool:
        return self.is_waiting and self.means == Means.LETTER and bool(self.postal_address)

    def is_secret(self, today: date) -> bool:
        """See :meth:`DisclosureNoticeQuerySet.secret`."""
        if self.way == Way.LATER:
            return self.until is not None and self.until >= today
        return self.way == Way.NOT and self.silence in FORBIDS_ACCESS

    def address_lines(self) -> list[str]:
        """For a letter."""
        return [self.name, *(line for line in self.postal_address.splitlines() if line.strip())]

    def mark_told(self, at: datetime) -> None:
        self.told_at = at
        self.email = self.name = self.postal_address = ""
        self.save()

    def reopen(self, *, due_on: date) -> None:
        """The address that did not work is gone already: another one has to be found."""
        self.told_at, self.mail, self.due_on, self.reminded_on = None, None, due_on, None
        self.save()
