from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import NotPersonal


class PromiseResultQuerySet(models.QuerySet["PromiseResult"]):
    def latest_each(self) -> Self:
        return self.order_by("key", "-since", "-id").distinct("key")

    def over_before(self, instant: datetime) -> Self:
        """Results that a later one has replaced, last checked before `instant`."""
        latest = type(self)(self.model).latest_each().values("pk")
        return self.filter(checked_at__lt=instant).exclude(pk__in=latest)


class PromiseResult(models.Model):
    """A promise was kept, or broken, from `since` until at least `checked_at`. `figure` is the latest one."""

    key = models.CharField(_("promise"), max_length=150)
    is_kept = models.BooleanField(_("kept"))
    since = models.DateTimeField(_("since"))
    checked_at = models.DateTimeField(_("checked at"))
    figure = models.BigIntegerField(_("figure"), null=True)
    among = models.BigIntegerField(_("how many were looked at"), null=True)
    at = models.DateTimeField(_("instant of the evidence"), null=True)
    error = models.CharField(_("why the check failed"), max_length=100, blank=True)

    objects = PromiseResultQuerySet.as_manager()

    personal_data = NotPersonal(
        _("Counts and dates."),
        columns={
            "key": "the name of a promise",
            "error": "the type of an error, without its message",
        },
    )

    class Meta:
        verbose_name = _("result of a promise")
        verbose_name_plural = _("results of promises")
        ordering = ("is_kept", "key", "-since")
        indexes: ClassVar = [models.Index(fields=["key", "-since"], name="privacy_promiseresult_latest")]

    def __str__(self) -> str:
        return self.key
