"""Encrypted files, and those that wait for a form to be corrected."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import Basis, Category, Datum, Keep, NotPersonal, PersonalData, Purpose
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel


class StoredFile(models.Model):
    """An encrypted file: its content is on disk; the key of that content, itself encrypted (wrapped), in this row.

    Deleting the row destroys the key, and with it every copy of the content, backups included.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("file name"), max_length=255)
    media_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    wrapped_key = models.BinaryField()
    stored_at = models.DateTimeField(_("stored at"))
    changed_ns = models.BigIntegerField(_("when the disk last changed it (ns)"), null=True)
    # Of files from before these columns nobody knows whether we made them: they count as sent to us.
    is_upload = models.BooleanField(_("sent to us"), default=True)
    scanned_at = models.DateTimeField(_("scanned for viruses at"), null=True)
    infected_at = models.DateTimeField(_("destroyed for a virus at"), null=True)

    personal_data = NotPersonal(
        _("A file belongs to the record that points at it, and goes with it."),
        columns={
            "name": "known with the record that points to the file, which shows it and takes it along",
            "media_type": "known with the record that points to the file, which shows it and takes it along",
            "wrapped_key": "opens the file of that record alone",
        },
    )

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        indexes: ClassVar = [
            models.Index(
                fields=["stored_at"],
                condition=models.Q(is_upload=True, scanned_at=None),
                name="privacy_storedfile_unscanned",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_in_quarantine(self) -> bool:
        """Whether it waits for the scanner, where there is one."""
        return bool(settings.SCANNER) and self.is_upload and self.scanned_at is None


class Draft(PersonalDataModel):
    """A file whose form is not accepted yet. It is taken over by the record made from the form, or purged."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.OneToOneField(StoredFile, verbose_name=_("file"), on_delete=models.PROTECT)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True, db_index=True)
    kept_at = models.DateTimeField(_("kept at"), db_index=True)

    personal_data = PersonalData(
        label=_("Files kept while you correct a form"),
        subject={"emails": "email"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGITIMATE_INTEREST,
        keep=Keep(since="kept_at", period=Period(days=1), since_label=_("their upload")),
        not_objectable=_("It is deleted by itself within a day."),
        fields={
            "file": Datum(Category.MESSAGES, is_file=True),
            "email": Datum(Category.EMAIL),
            "kept_at": Datum(Category.MESSAGES, provided=False),
        },
        impersonal=("id",),
    )

    class Meta:
        verbose_name = _("file kept for a form")
        verbose_name_plural = _("files kept for a form")

    def __str__(self) -> str:
        return str(self.pk)
