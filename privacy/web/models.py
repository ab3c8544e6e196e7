from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import NotPersonal


class Bucket(models.Model):
    """One bucket of :mod:`privacy.web.rate_limits`; without a row it is full."""

    key = models.CharField(_("keyed hash"), max_length=64, primary_key=True)
    full_at = models.DateTimeField(_("full again at"), db_index=True)

    personal_data = NotPersonal(
        _("Keyed hashes that count how often something was tried, for the hours in which it counts.")
    )

    class Meta:
        verbose_name = _("rate limit")
        verbose_name_plural = _("rate limits")

    def __str__(self) -> str:
        return self.key[:8]
