from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import NotPersonal


class Heartbeat(models.Model):
    """When the worker and beat last ran: one row for each."""

    class Component(models.TextChoices):
        WORKER = "worker", _("worker")
        BEAT = "beat", _("schedule")

    component = models.CharField(_("part"), primary_key=True, max_length=10, choices=Component.choices)
    at = models.DateTimeField(_("last seen at"))

    personal_data = NotPersonal(_("Heartbeats of our own programs."))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.component} {self.at:%Y-%m-%d %H:%M:%S}"

    @classmethod
    def record(cls, component: str, *, now: datetime) -> None:
        cls.objects.update_or_create(component=component, defaults={"at": now})
