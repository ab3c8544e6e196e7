import re
import secrets
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.db.models.functions import Greatest
from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

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
from privacy.files.models import StoredFile
from privacy.mail.models import Mail
from softnlabs.website.enquiries.states import EnquiryState

PERIOD = Period(years=3)  # after the last contact
SINCE_LABEL = _("our last contact with you")
READERS = (Recipient.CONTROLLER, Recipient.CUSTOMER_SERVICE, Recipient.MARKETING, Recipient.HOST)
# Said on the telephone and copied by hand: no sign that looks like another.
REFERENCE_SIGNS = "ACDEFGHJKMNPQRTUVWXY34679"
REFERENCE = re.compile(rf"\[SNL-([{REFERENCE_SIGNS}]{{6}})\]", re.IGNORECASE)


def new_reference() -> str:
    """Six signs without a counter, which tell nothing of other enquiries. It opens nothing."""
    return "".join(secrets.choice(REFERENCE_SIGNS) for _sign in range(6))


class EnquiryQuerySet(PersonalDataQuerySet):
    def waiting(self) -> Self:
        """Those without an answer that arrived, the oldest first."""
        return self.with_wait().filter(waits_from__isnull=False).order_by("waits_from", "pk")

    def with_wait(self) -> Self:
        """``waits_from``: since when it waits for us, also where a mailbox refused our last reply for good."""
        unanswered = When(state=EnquiryState.NEW, then="waiting_since")
        lost = When(_last_reply_is_refused(), state=EnquiryState.ANSWERED, then="last_contact_at")
        return self.annotate(waits_from=Case(unanswered, lost, output_field=models.DateTimeField()))

    def undelivered(self) -> Self:
        """Those whose last reply a mailbox refused for good."""
        return self.filter(_last_reply_is_refused())


def _last_reply_is_refused() -> Exists:
    """The last message, if it was ours by e-mail, was refused for good."""
    later = EnquiryMessage.objects.filter(enquiry=OuterRef("enquiry")).order_by("-at", "-pk").values("pk")
    refused = EnquiryMessage.objects.filter(enquiry=OuterRef("pk"), mail__refused_at__isnull=False)
    return Exists(refused.filter(pk=models.Subquery(later[:1])))


class Enquiry(CollectedModel, PersonalDataModel):
    """What somebody asked us by the contact form or by e-mail, with what was said since (:class:`EnquiryMessage`).

    The visitor number of the browser is not stored: on a shared computer it would link one person to another's message.
    """

    class Source(models.TextChoices):
        FORM = "FORM", _("contact form")
        EMAIL = "EMAIL", _("e-mail")

    reference = models.CharField(_("reference"), max_length=6, unique=True, default=new_reference)
    source = models.CharField(_("came by"), max_length=5, choices=Source.choices, default=Source.FORM)
    surname = models.CharField(_("surname"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254, db_index=True)
    telephone = models.CharField(_("telephone"), max_length=30, blank=True)
    postcode = models.CharField(_("postcode"), max_length=12, blank=True)
    message = models.TextField(
        _("message"), max_length=5000, blank=True
    )  # an e-mail stands among the messages
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    received_at = models.DateTimeField(_("received at"))
    last_contact_at = models.DateTimeField(_("last contact"), db_index=True)
    state = models.CharField(
        _("state"), max_length=10, choices=EnquiryState.choices, default=EnquiryState.NEW, db_index=True
    )
    is_spam = models.BooleanField(_("spam"), default=False)
    # Also of a closed one, so that it can be opened again as it was. Null: the last word is ours.
    waiting_since = models.DateTimeField(_("waits since"), null=True, blank=True)
    assignee = models.CharField(_("assigned to"), max_length=40, blank=True)
    content_key = models.CharField(_("keyed hash of the form"), max_length=64, blank=True)

    by_no_form = Q(source=Source.EMAIL)
    objects: ClassVar[Any] = EnquiryQuerySet.as_manager()
    personal_data = PersonalData(
        label=_("Messages left on the contact form or sent to us by e-mail"),
        subject={"emails": "email"},
        purpose=Purpose.VISITORS,
        basis=Basis.LEGITIMATE_INTEREST,
        keep=Keep(since="last_contact_at", period=PERIOD, since_label=SINCE_LABEL),
        recipients=READERS,
        given_at="received_at",
        fields={
            "reference": Datum(Category.MESSAGES, provided=False),
            "source": Datum(Category.MESSAGES, provided=False),
            "surname": Datum(Category.SURNAME, rectifiable=True),
            "first_name": Datum(Category.FIRST_NAME, rectifiable=True),
            "email": Datum(Category.EMAIL, rectifiable=True),
            "telephone": Datum(Category.TELEPHONE, rectifiable=True),
            "postcode": Datum(Category.POSTCODE, rectifiable=True),
            "message": Datum(Category.MESSAGES),
            "language": Datum(Category.MESSAGES, provided=False),
            "received_at": Datum(Category.MESSAGES, provided=False),
            "last_contact_at": Datum(Category.MESSAGES, provided=False),
            "state": Datum(Category.MESSAGES, provided=False),
            "is_spam": Datum(Category.MESSAGES, provided=False),
            "entity": Datum(Category.MESSAGES, provided=False),
            "content_key": Datum(
                Category.MESSAGES,
                provided=False,
                shown_as=_("a keyed hash, by which we notice when a form is sent twice"),
            ),
        },
        impersonal=("id", "policy_version", "waiting_since", "assignee"),
    )

    class Meta:
        verbose_name = _("enquiry")
        verbose_name_plural = _("enquiries")
        ordering = ("-received_at", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(last_contact_at__gte=F("received_at")),
                name="website_enquiry_contact_not_before_receipt",
            )
        ]

    def __str__(self) -> str:
        day = formats.date_format(localtime(self.received_at), "SHORT_DATE_FORMAT")
        return f"{masks.initials(self.first_name, self.surname)} {day}".strip()

    @property
    def tag(self) -> str:
        """What stands in the subject of a reply, so that an answer to it can be matched."""
        return f"[SNL-{self.reference}]"

    @property
    def is_unanswered(self) -> bool:
        """Whether the last word is the person's, closed or not."""
        return self.waiting_since is not None

    def note_contact(self, *, now: datetime) -> None:
        """The retention period starts again at `now`, but never moves backwards."""
        self.last_contact_at = Greatest(F("last_contact_at"), models.Value(now))
        self.save(update_fields=["last_contact_at"])
        self.refresh_from_db(fields=["last_contact_at"])


class EnquiryMessage(PersonalDataModel):
    """What was written or said after the form, either way. Each is a contact, and moves the clock of the enquiry."""

    class Direction(models.TextChoices):
        IN = "IN", _("from the person")
        OUT = "OUT", _("to the person")

    class Channel(models.TextChoices):
        """By what a message went or came."""

        EMAIL = "EMAIL", _("e-mail")
        LETTER = "LETTER", _("letter")
        CALL = "CALL", _("telephone call")
        MEETING = "MEETING", _("meeting")

    enquiry = models.ForeignKey(
        Enquiry, verbose_name=_("enquiry"), on_delete=models.CASCADE, related_name="messages"
    )
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices)
    channel = models.CharField(_("how"), max_length=10, choices=Channel.choices)
    at = models.DateTimeField(_("when"))
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    by = models.CharField(_("entered by"), max_length=40)
    mail = models.ForeignKey(
        Mail, verbose_name=_("e-mail"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    message_key = models.CharField(_("keyed hash of the e-mail's number"), max_length=64, blank=True)

    personal_data = PersonalData(
        label=_("Messages exchanged about what you asked us"),
        subject={"emails": "enquiry__email"},
        purpose=Purpose.VISITORS,
        basis=Basis.LEGITIMATE_INTEREST,
        keep=Keep(since="enquiry__last_contact_at", period=PERIOD, since_label=SINCE_LABEL),
        recipients=READERS,
        given_at="at",
        fields={
            "direction": Datum(Category.MESSAGES, provided=False),
            "channel": Datum(Category.MESSAGES, provided=False),
            "at": Datum(Category.MESSAGES, provided=False),
            "subject": Datum(Category.MESSAGES, provided=False),
            "text": Datum(Category.MESSAGES, provided=False),
            "message_key": Datum(
                Category.MESSAGES,
                provided=False,
                shown_as=_("a keyed hash, by which we notice when an e-mail is entered twice"),
            ),
        },
        impersonal=("id", "enquiry", "by", "mail"),
    )

    class Meta:
        verbose_name = _("message of an enquiry")
        verbose_name_plural = _("messages of enquiries")
        ordering = ("at", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enquiry", "message_key"],
                condition=~Q(message_key=""),
                name="website_enquirymessage_entered_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}, {self.get_direction_display()}"


class EnquiryAttachment(PersonalDataModel):
    """A file of a message, examined and encrypted."""

    message = models.ForeignKey(
        EnquiryMessage, verbose_name=_("message"), on_delete=models.CASCADE, related_name="attachments"
    )
    file = models.OneToOneField(StoredFile, verbose_name=_("file"), on_delete=models.PROTECT)

    personal_data = PersonalData(
        label=_("Files of the messages exchanged about what you asked us"),
        subject={"emails": "message__enquiry__email"},
        purpose=Purpose.VISITORS,
        basis=Basis.LEGITIMATE_INTEREST,
        keep=Keep(since="message__enquiry__last_contact_at", period=PERIOD, since_label=SINCE_LABEL),
        recipients=READERS,
        given_at="message__at",
        fields={
            "message": Datum(Category.MESSAGES, provided=False),
            "file": Datum(Category.MESSAGES, provided=False, is_file=True),
        },
        impersonal=("id",),
    )

    class Meta:
        verbose_name = _("file of a message")
        verbose_name_plural = _("files of messages")
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.pk)


PLACEHOLDERS = ("first_name", "surname", "company")


def validate_placeholders(text: str) -> None:
    """Validator: what stands in braces is one of :data:`PLACEHOLDERS`."""
    unknown = [name for name in re.findall(r"\{([^{}]*)\}", text) if name not in PLACEHOLDERS]
    if unknown:
        raise ValidationError(
            _("Unknown placeholder: {%(name)s}. Known are {first_name}, {surname} and {company}."),
            params={"name": unknown[0]},
        )


class ReplyTemplate(models.Model):
    """What a reply begins with, in both languages."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    subject_en = models.CharField(_("subject in English"), max_length=120, validators=[validate_placeholders])
    text_en = models.TextField(_("text in English"), max_length=5000, validators=[validate_placeholders])
    subject_fr = models.CharField(_("subject in French"), max_length=120, validators=[validate_placeholders])
    text_fr = models.TextField(_("text in French"), max_length=5000, validators=[validate_placeholders])

    personal_data = NotPersonal(
        _("A text for many, with blanks for the name."),
        columns={
            "name": "the name of a text",
            "subject_en": "written for many",
            "text_en": "written for many",
            "subject_fr": "written for many",
            "text_fr": "written for many",
        },
    )

    class Meta:
        verbose_name = _("reply template")
        verbose_name_plural = _("reply templates")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def fill(self, *, language: str, first_name: str, surname: str, company: str) -> tuple[str, str]:
        """Subject and text. What the person typed as their name is put in as it is, and is never read as a blank."""
        facts = {"first_name": first_name or surname, "surname": surname, "company": company}
        pattern = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")
        subject, text = (
            (self.subject_fr, self.text_fr) if language == "fr" else (self.subject_en, self.text_en)
        )
        return tuple(pattern.sub(lambda found: facts[found[1]], each) for each in (subject, text))  # type: ignore[return-value]
