"""The table of encrypted files."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.datamap import NotPersonal


class StoredFile(models.Model):
    """An encrypted file: its content lies on disk, its own key, wrapped, in this row.

    Deleting the row destroys the key, and with it every copy of the content wherever it lies.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("file name"), max_length=255)
    media_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    wrapped_key = models.BinaryField()
    stored_at = models.DateTimeField(_("stored at"))

    personal_data = NotPersonal(_("A file belongs to the record that points at it, and goes with it."))

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")

    def __str__(self) -> str:
        return self.name
