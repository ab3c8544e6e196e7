"""The outbox: an e-mail is first a row, in the transaction that causes it."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel
from privacy.files.models import StoredFile

KEEP = Period(months=3)


class Mail(PersonalDataModel):
    """One message. Its text is emptied once it has left: what was said is kept with what it is about."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.CharField(_("message"), max_length=60)  # names its template
    to = models.EmailField(_("sent to"), max_length=254)
    language = models.CharField(_("language"), max_length=5)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("text as HTML"), blank=True)
    headers = models.JSONField(_("headers"), default=dict)
    written_at = models.DateTimeField(_("written at"))
    next_try_at = models.DateTimeField(_("next try at"), db_index=True, null=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    refused_at = models.DateTimeField(_("refused by the mailbox at"), null=True)
    error = models.CharField(_("last error"), max_length=100, blank=True)

    personal_data = PersonalData(
        label=_("E-mails that we sent you"),
        subject={"emails": "to"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGITIMATE_INTEREST,
        keep=Keep(since="written_at", period=KEEP, since_label=_("their sending")),
        not_objectable=_("It carries our answers to you, and shows that they were sent."),
        fields={
            "to": Datum(Category.EMAIL),
            "subject": Datum(Category.MESSAGES, provided=False),
            "text": Datum(
                Category.MESSAGES, provided=False, shown_as=_("emptied as soon as the message has left")
            ),
            "html": Datum(
                Category.MESSAGES, provided=False, shown_as=_("emptied as soon as the message has left")
            ),
            "written_at": Datum(Category.MESSAGES, provided=False),
            "sent_at": Datum(Category.MESSAGES, provided=False),
            "refused_at": Datum(Category.MESSAGES, provided=False),
        },
        impersonal=("id", "message", "language", "headers", "next_try_at", "tries", "error"),
    )

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        ordering = ("-written_at",)

    def __str__(self) -> str:
        return self.message


class MailAttachment(PersonalDataModel):
    """A file that goes with a message, encrypted and apart from its row. It is destroyed once the message has left.

    What it is about keeps a file of its own, as long as it has to.
    """

    mail = models.ForeignKey(
        Mail, verbose_name=_("e-mail"), on_delete=models.CASCADE, related_name="attachments"
    )
    file = models.OneToOneField(StoredFile, verbose_name=_("file"), on_delete=models.PROTECT)

    personal_data = PersonalData(
        label=_("Files of e-mails that are on their way to you"),
        subject={"emails": "mail__to"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGITIMATE_INTEREST,
        keep=Keep(since="mail__written_at", period=KEEP, since_label=_("the writing of the e-mail")),
        not_objectable=_("They are destroyed as soon as the message has left."),
        fields={
            "mail": Datum(
                Category.MESSAGES,
                provided=False,
                shown_as=_("one that has not left, or could not be delivered"),
            ),
            "file": Datum(Category.MESSAGES, provided=False, is_file=True),
        },
        impersonal=("id",),
    )

    class Meta:
        verbose_name = _("file of an e-mail")
        verbose_name_plural = _("files of e-mails")
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.pk)
