from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import NotPersonal


class LinkRequest(models.Model):
    """Somebody asked for a new link to a request that may not exist: the worker finds out, the page never does."""

    request_id = models.UUIDField()
    asked_at = models.DateTimeField()

    personal_data = NotPersonal(_("The number of a request, for the seconds until a link to it is mailed."))

    def __str__(self) -> str:
        return str(self.request_id)
