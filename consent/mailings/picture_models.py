"""Pictures of e-mail campaigns: public, as the mails are."""

from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import NotPersonal
from privacy.files.models import StoredFile


def new_key() -> str:
    return get_random_string(12, "abcdefghijkmnpqrstuvwxyz23456789")


class MailingPicture(models.Model):
    """Everybody may see it, also years later: mails are read for long, and show what is fetched then."""

    personal_data = NotPersonal(
        _("Pictures that everybody who gets an e-mail campaign sees."),
        columns={
            "key": "random letters",
            "added_by": "who of the staff uploaded it",
        },
    )

    key = models.SlugField(_("address"), max_length=12, primary_key=True, default=new_key, editable=False)
    file = models.OneToOneField(
        StoredFile, verbose_name=_("file"), on_delete=models.PROTECT, related_name="+"
    )
    width = models.PositiveIntegerField(_("width in pixels"))
    height = models.PositiveIntegerField(_("height in pixels"))
    added_at = models.DateTimeField(_("uploaded at"))
    added_by = models.CharField(_("uploaded by"), max_length=40)

    class Meta:
        verbose_name = _("picture of e-mail campaigns")
        verbose_name_plural = _("pictures of e-mail campaigns")
        ordering = ("-added_at",)

    def __str__(self) -> str:
        return self.file.name

    def get_absolute_url(self) -> str:
        """Without the site, and the same in each language: it stands so in the text of a campaign."""
        return f"/news/pictures/{self.pk}/"
