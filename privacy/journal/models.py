"""How far this database has followed the journal of erasures."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import NotPersonal


class JournalMark(models.Model):
    """The number of the last line that this database carried out. One row; a restored dump brings an older one."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    number = models.PositiveBigIntegerField(_("last line carried out"))

    personal_data = NotPersonal(_("The number of a line."))

    class Meta:
        verbose_name = _("mark of the journal of erasures")
        verbose_name_plural = _("marks of the journal of erasures")

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def set(cls, number: int) -> None:
        """This database has carried out the line ``number``."""
        cls.objects.update_or_create(pk=1, defaults={"number": number})

    @classmethod
    def get(cls) -> int:
        """The last line that was carried out; 0 before the first."""
        return cls.objects.values_list("number", flat=True).first() or 0
