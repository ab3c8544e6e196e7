"""Signs of life of the processes that nobody sees."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import NotPersonal


class Heartbeat(models.Model):
    """When the worker and beat were last seen at work: one row each."""

    class Component(models.TextChoices):
        WORKER = "worker", _("worker")
        BEAT = "beat", _("schedule")

    component = models.CharField(_("part"), primary_key=True, max_length=10, choices=Component.choices)
    at = models.DateTimeField(_("last seen at"))

    personal_data = NotPersonal(_("Signs of life of our own programs."))

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")

    def __str__(self) -> str:
        return f"{self.component} {self.at:%Y-%m-%d %H:%M:%S}"

    @classmethod
    def record(cls, component: str, *, now: datetime) -> None:
        """The ``component`` is at work at ``now``."""
        cls.objects.update_or_create(component=component, defaults={"at": now})
