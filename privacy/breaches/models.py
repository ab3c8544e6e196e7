"""The register of breaches (GDPR article 33(5)): each breach, what the authority was told, and who was told."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from privacy.breaches import clock
from privacy.companies.models import Processor
from privacy.datamap.declarations import Basis, Category, Datum, Keep, NotPersonal, PersonalData, Purpose
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel, PersonalDataQuerySet
from privacy.register.models import Activity

# No text gives a period. Five years is how long a claim can be brought (French civil code, article 2224).
KEPT = Period(years=5)
BLANK = r"^\s*$"
GONE_ONCE_TOLD = _("kept only until you are told")


class Kind(models.TextChoices):
    """What a breach of security did to the data (GDPR article 4(12))."""

    CONFIDENTIALITY = (
        "CONFIDENTIALITY",
        _("confidentiality: somebody saw or received what they should not have"),
    )
    INTEGRITY = "INTEGRITY", _("integrity: data were altered")
    AVAILABILITY = "AVAILABILITY", _("availability: data were lost, destroyed or out of reach")


class Risk(models.TextChoices):
    UNKNOWN = "UNKNOWN", _("not assessed yet")
    NONE = "NONE", _("no risk to be expected")
    RISK = "RISK", _("a risk: the CNIL is notified")
    HIGH = "HIGH", _("a high risk: the persons are told as well")


class Exemption(models.TextChoices):
    """Why persons at high risk need not be told one by one (GDPR article 34(3))."""

    PROTECTED = "PROTECTED", _("the data were made unintelligible, such as by encryption (article 34(3)(a))")
    AVERTED = "AVERTED", _("measures taken since make the high risk unlikely (article 34(3)(b))")
    EFFORT = "EFFORT", _("it would be out of proportion, so it was made public (article 34(3)(c))")


class BreachQuerySet(PersonalDataQuerySet):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def unnotified(self) -> Self:
        """The authority has to be notified, or nobody has assessed whether; and it was not."""
        told = BreachNotification.objects.filter(breach=OuterRef("pk"))
        no_risk = Q(risk=Risk.NONE) & ~Q(risk_reasons__regex=BLANK)
        return self.filter(~no_risk, ~Exists(told))

    def notified_late_without_reasons(self) -> Self:
        """The first notice was late, and none says why (GDPR article 33(1)).

        A later one may: that we had been aware earlier can turn out afterwards.
        """
        notices = BreachNotification.objects.filter(breach=OuterRef("pk"))
        first = self.annotate(first_at=notices.order_by("sent_at", "pk").values("sent_at")[:1])
        late = first.filter(first_at__gt=F("aware_at") + clock.TO_NOTIFY)
        return late.exclude(Exists(notices.exclude(delay_reasons__regex=BLANK)))

    def untold(self) -> Self:
        """At high risk, and nobody was told, or somebody waits to be, and no exemption is written down."""
        notices = BreachNotice.objects.filter(breach=OuterRef("pk"))
        exempt = ~Q(exemption="") & ~Q(exemption_reason__regex=BLANK)
        waiting = Exists(notices.filter(told_at=None)) | ~Exists(notices)
        return self.filter(~exempt, waiting, risk=Risk.HIGH)

    def with_impossible_dates(self, now: datetime) -> Self:
        """We are aware, the authority is notified and then persons are told, all of it in the past."""
        notices = BreachNotification.objects.filter(breach=OuterRef("pk"))
        wrong = notices.filter(Q(sent_at__gt=now) | Q(sent_at__lt=OuterRef("aware_at")))
        told = BreachNotice.objects.filter(breach=OuterRef("pk"), told_at__gt=now)
        return self.filter(Q(aware_at__gt=now) | Exists(wrong) | Exists(told))

    def past_72_hours(self, now: datetime) -> Self:
        return self.filter(aware_at__lt=now - clock.TO_NOTIFY)


class Breach(PersonalDataModel):
    """One breach. Its times are instants; numbers may be approximate, and are null while nobody knows."""

    title = models.CharField(_("what it is called"), max_length=120)
    kinds = ArrayField(
        models.CharField(max_length=20, choices=Kind.choices), verbose_name=_("what happened to the data")
    )
    began_at = models.DateTimeField(_("began"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    aware_at = models.DateTimeField(_("we became aware"))
    found_by = models.CharField(_("how it was found"), max_length=300)
    facts = models.TextField(_("what happened"), max_length=4000)
    processor = models.ForeignKey(
        Processor, verbose_name=_("at our processor"), on_delete=models.PROTECT, null=True, blank=True
    )
    persons = ArrayField(
        models.CharField(max_length=20, choices=Activity.Persons.choices),
        verbose_name=_("categories of persons"), default=list, blank=True,
    )  # fmt: skip
    persons_count = models.PositiveIntegerField(_("number of persons, roughly"), null=True, blank=True)
    categories = ArrayField(
        models.CharField(max_length=20, choices=Category.choices),
        verbose_name=_("categories of data"), default=list, blank=True,
    )  # fmt: skip
    records_count = models.PositiveIntegerField(_("number of records, roughly"), null=True, blank=True)
    effects = models.TextField(_("likely consequences"), max_length=4000, blank=True)
    measures = models.TextField(_("measures taken or proposed"), max_length=4000, blank=True)
    risk = models.CharField(
        _("risk to the persons"), max_length=20, choices=Risk.choices, default=Risk.UNKNOWN
    )
    risk_reasons = models.TextField(_("why this risk"), max_length=4000, blank=True)
    exemption = models.CharField(
        _("why the persons are not told one by one"), max_length=20, choices=Exemption.choices, blank=True
    )
    exemption_reason = models.TextField(_("reasons for that"), max_length=4000, blank=True)
    recorded_at = models.DateTimeField(_("entered at"))
    recorded_by = models.CharField(_("entered by"), max_length=40)
    reminded_at = models.DateTimeField(_("controller reminded at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    closed_by = models.CharField(_("closed by"), max_length=40, blank=True)

    objects: ClassVar[Any] = BreachQuerySet.as_manager()

    personal_data = PersonalData(
        label=_("Breaches of data security that you were told of"),
        subject={"fingerprints": "notices__about"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(since="closed_at", period=KEPT, since_label=_("the closing of the file")),
        fields={
            "facts": Datum(Category.REQUESTS, provided=False),
            "effects": Datum(Category.REQUESTS, provided=False),
            "measures": Datum(Category.REQUESTS, provided=False),
            "risk_reasons": Datum(Category.REQUESTS, provided=False),
            "exemption_reason": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=(
            "id", "title", "kinds", "began_at", "ended_at", "aware_at", "found_by", "processor", "persons",
            "persons_count", "categories", "records_count", "risk", "exemption",
            "recorded_at", "recorded_by", "reminded_at", "closed_at", "closed_by",
        ),
        erasure_exemption=_("The law obliges us to write down each breach, and to show it to the authority."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("breach")
        verbose_name_plural = _("register of breaches")
        ordering = ("-aware_at", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kinds__len__gt=0), name="privacy_breach_of_something"),
            models.CheckConstraint(
                condition=Q(risk=Risk.UNKNOWN) | ~Q(risk_reasons=""), name="privacy_breach_risk_has_reasons"
            ),
            models.CheckConstraint(
                condition=Q(exemption="") | ~Q(exemption_reason=""),
                name="privacy_breach_exemption_has_reasons",
            ),
            models.CheckConstraint(
                condition=Q(began_at=None) | Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="privacy_breach_begins_before_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def due_at(self) -> datetime:
        return clock.due_at(self.aware_at)

    def get_kinds_display(self) -> str:
        between = pgettext("between the parts of a list", "; ")
        return between.join(str(Kind(kind).label) for kind in self.kinds)

    def get_persons_display(self) -> str:
        return ", ".join(str(Activity.Persons(each).label) for each in self.persons)

    def get_categories_display(self) -> str:
        return ", ".join(str(Category(each).label) for each in self.categories)

    def close(self, *, by: str, now: datetime) -> None:
        self.closed_at, self.closed_by = now, by
        self.save(update_fields=["closed_at", "closed_by"])

    def reopen(self) -> None:
        self.closed_at, self.closed_by = None, ""
        self.save(update_fields=["closed_at", "closed_by"])


class BreachNotification(models.Model):
    """One notice to the authority: the first one, or what was added in phases (GDPR article 33(4)). Never changed."""

    breach = models.ForeignKey(
        Breach, verbose_name=_("breach"), on_delete=models.CASCADE, related_name="notifications"
    )
    sent_at = models.DateTimeField(_("sent at"))
    is_complete = models.BooleanField(_("nothing is left to add"))
    number = models.CharField(_("number given by the CNIL"), max_length=60, blank=True)
    delay_reasons = models.TextField(_("reasons for the delay"), max_length=4000, blank=True)
    text = models.TextField(_("what it said"), max_length=20_000)
    recorded_at = models.DateTimeField(_("entered at"))
    recorded_by = models.CharField(_("entered by"), max_length=40)

    personal_data = NotPersonal(
        _("What the authority was told of a breach: categories and numbers, no person."),
        columns={
            "breach": "the file of a breach",
            "recorded_by": "which account wrote it down",
            "number": "a file number",
            "delay_reasons": "why we were late",
            "text": "categories and numbers, as article 33(3) lists them",
        },
    )

    class Meta:
        verbose_name = _("notice to the CNIL")
        verbose_name_plural = _("notices to the CNIL")
        ordering = ("sent_at", "id")

    def __str__(self) -> str:
        return f"{self.breach} {self.sent_at:%Y-%m-%d}"


class Means(models.TextChoices):
    EMAIL = "EMAIL", _("by e-mail")
    LETTER = "LETTER", _("by letter")


class BreachNotice(PersonalDataModel):
    """One person who is told of one breach (GDPR article 34). The addresses are emptied once they are."""

    breach = models.ForeignKey(
        Breach, verbose_name=_("breach"), on_delete=models.CASCADE, related_name="notices"
    )
    about = models.CharField(_("pseudonym of the person"), max_length=64, db_index=True)
    means = models.CharField(_("how told"), max_length=10, choices=Means.choices)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    postal_address = models.TextField(_("postal address"), max_length=500, blank=True)
    language = models.CharField(_("language"), max_length=5)
    text = models.TextField(_("what you were told"), max_length=8000)
    mail = models.UUIDField(_("number of the e-mail"), null=True)  # no foreign key: the mail goes long before
    decided_at = models.DateTimeField(_("written at"))
    decided_by = models.CharField(_("decided by"), max_length=40)
    told_at = models.DateTimeField(_("told at"), null=True)

    personal_data = PersonalData(
        label=_("Whether you were told of a breach"),
        subject={"fingerprints": "about"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(since="breach__closed_at", period=KEPT, since_label=_("the closing of the file")),
        fields={
            "about": Datum(Category.REQUESTS, provided=False, shown_as=_("your address, as a one-way hash")),
            "means": Datum(Category.REQUESTS, provided=False),
            "email": Datum(Category.EMAIL, provided=False, shown_as=GONE_ONCE_TOLD),
            "name": Datum(Category.SURNAME, provided=False, shown_as=GONE_ONCE_TOLD),
            "postal_address": Datum(Category.POSTAL_ADDRESS, provided=False, shown_as=GONE_ONCE_TOLD),
            "text": Datum(Category.MESSAGES, provided=False),
            "told_at": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "breach", "language", "mail", "decided_at", "decided_by"),
        erasure_exemption=_("It lets us tell you of a breach of your data, and proves that we did."),
    )

    class Meta:
        verbose_name = _("notice of a breach")
        verbose_name_plural = _("notices of breaches")
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["breach", "about"], name="privacy_breachnotice_each_told_once")
        ]

    def __str__(self) -> str:
        return f"{self.breach} {self.about[:12]}"

    @property
    def waits_for_post(self) -> bool:
        return self.told_at is None and self.means == Means.LETTER

    def address_lines(self) -> list[str]:
        return [self.name, *(line for line in self.postal_address.splitlines() if line.strip())]

    def mark_told(self, at: datetime) -> None:
        self.told_at = at
        self.email = self.name = self.postal_address = ""
        self.save()
