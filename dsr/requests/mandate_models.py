"""Requests made for somebody else: the mandate, and the representative, kept apart from whose data it is."""

from django.db import models
from django.db.models.deletion import Collector
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import CLOSED_KEEP, case_file_data
from dsr.requests.models import BaseRequest, SubjectRequest, UnconfirmedRequest
from dsr.rules.after_death import Finding
from privacy.audit import labels
from privacy.datamap.declarations import Category, Datum, Keep
from privacy.datamap.registry import PersonalDataModel, holding
from privacy.files.models import StoredFile
from privacy.rights import holds


class AnswersTo(models.TextChoices):
    """Who reads our messages and downloads the answer."""

    REPRESENTATIVE = "REPRESENTATIVE", _("the person who asks")
    PERSON = "PERSON", _("the person whose data it is")


class Capacity(models.TextChoices):
    """On what somebody who asks for another relies."""

    MANDATE = "MANDATE", _("with their mandate in writing")
    HEIR = "HEIR", _("after their death, as an heir or as their instructions say")
    PARENT = "PARENT", _("as the parent of a child under fifteen")


# How the document that goes with it is called.
DOCUMENTS = {
    Capacity.MANDATE: _("Mandate"),
    Capacity.HEIR: _("Proof of being an heir, or of being named in the instructions"),
    Capacity.PARENT: _("Proof of parental authority"),
}


class Mandate(PersonalDataModel):
    """The written mandate, or the proof that takes its place for a dead person or a child.

    The document is destroyed when the request ends; what stays proves what was relied on.

    One that nobody had checked by then proves nothing: if the request is reopened, it has to be sent again.

    If the mandate is ever contested, its digest tells whether the document that somebody shows is the one that was
    checked: so nobody's signature has to be kept for five years. Until confirmation it belongs to the unconfirmed
    request.
    """

    unconfirmed_request = models.OneToOneField(
        UnconfirmedRequest, on_delete=models.CASCADE, null=True, blank=True, related_name="mandate"
    )
    request = models.OneToOneField(
        SubjectRequest, on_delete=models.CASCADE, null=True, blank=True, related_name="mandate"
    )
    file = models.OneToOneField(
        StoredFile, verbose_name=_("file"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    death_certificate = models.OneToOneField(
        StoredFile,
        verbose_name=_("death certificate"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    capacity = models.CharField(_("asks"), max_length=20, choices=Capacity.choices, default=Capacity.MANDATE)
    digest = models.CharField(_("digest of the document (SHA-256)"), max_length=64)
    answers_to = models.CharField(_("answers go to"), max_length=20, choices=AnswersTo.choices)
    sent_at = models.DateTimeField(_("sent at"))
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    checked_by = models.CharField(_("checked by"), max_length=40, blank=True)
    instructions = models.CharField(
        _("instructions of the dead person"), max_length=20, choices=Finding.as_choices, blank=True
    )
    instructions_words = models.TextField(_("what follows from them"), blank=True)
    instructions_read_at = models.DateTimeField(_("instructions looked up at"), null=True, blank=True)
    instructions_read_by = models.CharField(_("instructions looked up by"), max_length=40, blank=True)

    personal_data = case_file_data(
        "request",
        label=_("Mandates given to those who ask for you"),
        fields={
            "file": Datum(Category.REQUESTS, is_file=True),
            "death_certificate": Datum(Category.REQUESTS, is_file=True),
            "capacity": Datum(Category.REQUESTS),
            "digest": Datum(Category.REQUESTS, provided=False),
            "answers_to": Datum(Category.REQUESTS),
            "sent_at": Datum(Category.REQUESTS, provided=False),
            "checked_at": Datum(Category.REQUESTS, provided=False),
            "instructions": Datum(Category.REQUESTS, provided=False),
            "instructions_words": Datum(Category.REQUESTS, provided=False),
            "instructions_read_at": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "unconfirmed_request", "request", "checked_by", "instructions_read_by"),
    )

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints = [
            models.CheckConstraint(
                name="dsr_mandate_of_unconfirmed_or_request",
                condition=models.Q(unconfirmed_request=None) ^ models.Q(request=None),
            )
        ]

    def __str__(self) -> str:
        return str(self.request_id or self.unconfirmed_request_id)

    @property
    def document_label(self) -> str | Promise:
        return DOCUMENTS[Capacity(self.capacity)]

    @property
    def is_of_dead(self) -> bool:
        """Whether the person whose data it is has died."""
        return self.capacity == Capacity.HEIR

    @property
    def is_resubmission_needed(self) -> bool:
        """Whether the document was destroyed before anybody had checked it."""
        return self.file_id is None and self.checked_at is None

    def get_checked_by_display(self) -> str:
        return labels.actor_label(self.checked_by)

    def get_instructions_read_by_display(self) -> str:
        return labels.actor_label(self.instructions_read_by)


def cascade_unless_held(
    collector: Collector,
    field: "models.ForeignKey[Mandate, Mandate]",
    sub_objs: "models.QuerySet[Representative]",
    using: str,
) -> None:
    """Delete along with the mandate, unless the representative is on hold or restricted: then it has to stay."""
    if holds.protected_keys(holding(Representative), sub_objs):
        raise models.ProtectedError("A representative's data are on hold.", set(sub_objs))
    models.CASCADE(collector, field, sub_objs, using)


class Representative(PersonalDataModel):
    mandate = models.OneToOneField(Mandate, on_delete=cascade_unless_held, related_name="representative")
    surname = models.CharField(_("surname"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)

    personal_data = case_file_data(
        label=_("Requests that you made for somebody else"),
        subject={"emails": "email"},
        keep=Keep(
            since="mandate__request__closed_at",
            period=CLOSED_KEEP,
            since_label=_("the closing of that request"),
        ),
        fields={
            "surname": Datum(Category.SURNAME),
            "first_name": Datum(Category.FIRST_NAME),
            "email": Datum(Category.EMAIL),
        },
        impersonal=("id", "mandate"),
    )

    class Meta:
        verbose_name = _("representative")
        verbose_name_plural = _("representatives")

    def __str__(self) -> str:
        return str(self.mandate_id)

    def full_name(self) -> str:
        return f"{self.first_name} {self.surname}".strip()


def mandate_of(subject_request: BaseRequest) -> Mandate | None:
    """One query."""
    key = "unconfirmed_request" if isinstance(subject_request, UnconfirmedRequest) else "request"
    found: Mandate | None = (
        Mandate.objects.filter(**{key: subject_request.pk}).select_related("representative", "file").first()
    )
    return found


def submitter_of(subject_request: BaseRequest) -> "BaseRequest | Representative":
    """Who filled in the form."""
    mandate = mandate_of(subject_request)
    return mandate.representative if mandate else subject_request


def reader_of(subject_request: BaseRequest) -> "BaseRequest | Representative":
    """Whom we write to, and who downloads the answer."""
    mandate = mandate_of(subject_request)
    return (
        mandate.representative
        if mandate and mandate.answers_to == AnswersTo.REPRESENTATIVE
        else subject_request
    )
