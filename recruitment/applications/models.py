from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from privacy.companies.models import CollectedModel
from privacy.datamap import masks
from privacy.datamap.declarations import (
    ArchiveUse,
    Basis,
    Category,
    Datum,
    Keep,
    PersonalData,
    Purpose,
    Recipient,
)
from privacy.datamap.periods import Period, expires_expression
from privacy.datamap.registry import PersonalDataModel, PersonalDataQuerySet
from privacy.datamap.usable import usable
from privacy.files.models import StoredFile
from recruitment.offers.models import Offer

RETENTION_PERIOD = Period(years=5)  # after the last contact (clause 10 of the policy)
ACTIVE_PERIOD = Period(years=2)  # the CNIL's guidance on recruitment; the rest of the time is archive
MOST_WORDS = 5  # each word is three conditions of a query without an index
MOST_DIGITS = 19  # a primary key is a 64-bit integer
ARCHIVE = ArchiveUse(
    Basis.LEGITIMATE_INTEREST, _("to answer for how we dealt with your application, should you dispute it")
)
ENDS_EARLY = _("you object to the archive")
HR = (Recipient.CONTROLLER, Recipient.HUMAN_RESOURCES, Recipient.HOST)


class ApplicationQuerySet(PersonalDataQuerySet):
    """Two phases: the active period for recruiters, then the archive for the controller."""

    def active(self, now: datetime) -> Self:
        return self._dated(now).filter(active_until__gt=now)

    def archived(self, now: datetime) -> Self:
        """For the controller alone, with a reason."""
        return self._dated(now).filter(active_until__lte=now)

    def of_same_person(self, application: "Application") -> Self:
        """It too. One person is one normalised e-mail address."""
        return self.filter(email=application.email)

    def count_from(self, contact: datetime) -> None:
        """Where the person objected to the archive, the end moves with the active phase."""
        last = Greatest(F("last_contact_at"), Value(contact))
        self.filter(ends_at__isnull=False).update(
            last_contact_at=last, ends_at=expires_expression(last, ACTIVE_PERIOD)
        )
        self.filter(ends_at=None).update(last_contact_at=last)

    def matching(self, query: str) -> Self:
        """Each word of `query` must be part of a name, or the whole address or number."""
        rows = self
        for word in query.split()[:MOST_WORDS]:
            found = Q(first_name__icontains=word) | Q(surname__icontains=word) | Q(email__iexact=word)
            is_number = word.isascii() and word.isdecimal() and len(word) < MOST_DIGITS
            rows = rows.filter(found | Q(pk=int(word)) if is_number else found)
        return rows

    def accessible_to(self, actor: str, *, since: datetime, now: datetime) -> Self:
        """What `actor` may read: active applications, and those they opened in the archive since `since`."""
        opened = ArchiveOpening.objects.filter(
            application=OuterRef("pk"), opened_by=actor, opened_at__gt=since
        )
        return self._dated(now).filter(Q(active_until__gt=now) | Exists(opened))

    def _dated(self, now: datetime) -> Self:
        return usable(self, now).alias(active_until=expires_expression("last_contact_at", ACTIVE_PERIOD))


class Application(CollectedModel, PersonalDataModel):
    """An application for an offer, or a spontaneous one.

    The visitor number of the browser is not stored: on a shared computer it would link one person to another's CV.
    """

    offer = models.ForeignKey(
        Offer, verbose_name=_("offer"), on_delete=models.PROTECT, null=True, related_name="applications"
    )
    surname = models.CharField(_("surname"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254, db_index=True)
    telephone = models.CharField(_("telephone"), max_length=30, blank=True)
    postcode = models.CharField(_("postcode"), max_length=12, blank=True)
    qualifications = models.TextField(_("qualifications"), max_length=5000)
    experience = models.TextField(_("experience"), max_length=5000)
    message = models.TextField(_("message"), max_length=5000, blank=True)
    cv = models.OneToOneField(StoredFile, verbose_name=_("CV"), on_delete=models.PROTECT)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    received_at = models.DateTimeField(_("received at"))
    last_contact_at = models.DateTimeField(_("last contact"), db_index=True)
    ends_at = models.DateTimeField(
        _("deleted at the end of the active phase"), null=True, blank=True, editable=False
    )

    objects: ClassVar[Any] = ApplicationQuerySet.as_manager()
    personal_data = PersonalData(
        label=_("Applications for a job or an internship"),
        subject={"emails": "email"},
        purpose=Purpose.RECRUITMENT,
        basis=Basis.CONTRACT,
        keep=Keep(
            since="last_contact_at",
            period=RETENTION_PERIOD,
            active=ACTIVE_PERIOD,
            since_label=_("our last contact with you"),
            until="ends_at",
            until_label=ENDS_EARLY,
            archive=ARCHIVE,
        ),
        given_at="received_at",
        recipients=HR,
        fields={
            "offer": Datum(Category.MESSAGES),
            "surname": Datum(Category.SURNAME, rectifiable=True),
            "first_name": Datum(Category.FIRST_NAME, rectifiable=True),
            "email": Datum(Category.EMAIL, rectifiable=True),
            "telephone": Datum(Category.TELEPHONE, rectifiable=True),
            "postcode": Datum(Category.POSTCODE, rectifiable=True),
            "qualifications": Datum(Category.QUALIFICATIONS, rectifiable=True),
            "experience": Datum(Category.EXPERIENCE, rectifiable=True),
            "message": Datum(Category.MESSAGES),
            "cv": Datum(Category.EXPERIENCE, is_file=True),
            "language": Datum(Category.MESSAGES, provided=False),
            "received_at": Datum(Category.MESSAGES, provided=False),
            "last_contact_at": Datum(Category.MESSAGES, provided=False),
            "ends_at": Datum(Category.REQUESTS, provided=False),
            "entity": Datum(Category.MESSAGES, provided=False),
        },
        impersonal=("id", "policy_version"),
    )

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ("-received_at", "-id")
        permissions = (("open_archive", _("Can open archived applications, with a reason")),)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(last_contact_at__gte=F("received_at")),
                name="recruitment_application_contact_not_before_receipt",
            )
        ]

    def __str__(self) -> str:
        return f"{masks.initials(self.first_name, self.surname)} {self.received_at:%Y-%m-%d}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Where the address is corrected, what is counted for its person is counted for this application too."""
        super().save(*args, **kwargs)
        if "email" in (kwargs.get("update_fields") or ()):
            self._count_from_last_contact()

    def note_contact(self, *, now: datetime) -> None:
        """The period of all applications of this person starts again at `now`, but never moves backwards.

        Another one that was past its period by then stays so.
        """
        others = Application.objects.of_same_person(self).exclude(pk=self.pk)
        Application.objects.filter(pk=self.pk).count_from(now)
        others.live(now).count_from(now)
        self.refresh_from_db(fields=["last_contact_at", "ends_at"])

    def _count_from_last_contact(self) -> None:
        last = Application.objects.of_same_person(self).live(self.last_contact_at).latest("last_contact_at")
        self.note_contact(now=last.last_contact_at)


class Exchange(PersonalDataModel):
    """A message from or to an applicant. Each counts as a contact."""

    class Direction(models.TextChoices):
        IN = "IN", _("from the applicant")
        OUT = "OUT", _("to the applicant")

    application = models.ForeignKey(
        Application, verbose_name=_("application"), on_delete=models.CASCADE, related_name="exchanges"
    )
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices)
    at = models.DateTimeField(_("when"))
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"), max_length=10_000)

    personal_data = PersonalData(
        label=_("Messages exchanged about your application"),
        subject={"emails": "application__email"},
        purpose=Purpose.RECRUITMENT,
        basis=Basis.CONTRACT,
        keep=Keep(
            since="application__last_contact_at",
            period=RETENTION_PERIOD,
            active=ACTIVE_PERIOD,
            since_label=_("our last contact with you"),
            until="application__ends_at",
            until_label=ENDS_EARLY,
            archive=ARCHIVE,
        ),
        recipients=HR,
        fields={
            "direction": Datum(Category.MESSAGES, provided=False),
            "at": Datum(Category.MESSAGES, provided=False),
            "subject": Datum(Category.MESSAGES, provided=False),
            "text": Datum(Category.MESSAGES, provided=False),
        },
        impersonal=("id", "application"),
    )

    class Meta:
        verbose_name = _("message exchanged")
        verbose_name_plural = _("messages exchanged")
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.get_direction_display()}, {self.at:%Y-%m-%d}"


class ArchiveOpening(PersonalDataModel):
    application = models.ForeignKey(
        Application, verbose_name=_("application"), on_delete=models.CASCADE, related_name="openings"
    )
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.CharField(_("opened by"), max_length=40)
    reason = models.TextField(_("reason"), max_length=1000)

    personal_data = PersonalData(
        label=_("Openings of your archived application"),
        subject={"emails": "application__email"},
        purpose=Purpose.RECRUITMENT,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(
            since="application__last_contact_at",
            period=RETENTION_PERIOD,
            active=ACTIVE_PERIOD,
            since_label=_("our last contact with you"),
            until="application__ends_at",
            until_label=ENDS_EARLY,
        ),
        recipients=(Recipient.CONTROLLER, Recipient.HOST),
        fields={
            "opened_at": Datum(Category.REQUESTS, provided=False),
            "reason": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "application", "opened_by"),
    )

    class Meta:
        verbose_name = _("opening of the archive")
        verbose_name_plural = _("openings of the archive")
        ordering = ("-opened_at", "-id")

    def __str__(self) -> str:
        return f"{self.opened_at:%Y-%m-%d %H:%M} {self.opened_by}"
