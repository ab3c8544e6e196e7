"""The letters that left about a request, each kept as it was sent."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import case_file_data
from dsr.requests.models import SubjectRequest
from privacy.datamap.declarations import Category, Datum
from privacy.datamap.registry import PersonalDataModel, PersonalDataQuerySet
from privacy.files.models import StoredFile


class SentLetterQuerySet(PersonalDataQuerySet):
    def to_post(self) -> Self:
        """Printed by nobody yet: their person has no other way of reading them."""
        return self.filter(by_post=True, posted_on=None)


class SentLetter(PersonalDataModel):
    """One letter as a PDF, as it was sent: by e-mail in the same words, or by post."""

    request = models.ForeignKey(SubjectRequest, on_delete=models.CASCADE, related_name="sent_letters")
    message = models.CharField(_("message"), max_length=60)
    subject = models.CharField(_("subject"), max_length=200)
    file = models.OneToOneField(
        StoredFile, verbose_name=_("letter"), on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(_("written at"))
    by_post = models.BooleanField(_("goes by post"), default=False)
    posted_on = models.DateField(_("posted on"), null=True, blank=True)
    posted_by = models.CharField(_("posted by"), max_length=40, blank=True)

    objects: ClassVar[Any] = SentLetterQuerySet.as_manager()
    personal_data = case_file_data(
        "request",
        label=_("Letters that we sent you about your requests"),
        fields={
            "subject": Datum(Category.MESSAGES, provided=False),
            "file": Datum(Category.MESSAGES, provided=False, is_file=True),
            "written_at": Datum(Category.MESSAGES, provided=False),
            "by_post": Datum(Category.MESSAGES, provided=False),
            "posted_on": Datum(Category.MESSAGES, provided=False),
        },
        impersonal=("id", "request", "message", "posted_by"),
    )

    class Meta:
        verbose_name = _("letter sent")
        verbose_name_plural = _("letters sent")
        ordering = ("written_at", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="dsr_sentletter_only_post_is_posted", condition=Q(by_post=True) | Q(posted_on=None)
            )
        ]

    def __str__(self) -> str:
        return self.subject
