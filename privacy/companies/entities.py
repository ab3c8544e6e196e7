"""The companies for which data are collected: SoftNLabs itself and its subsidiaries (clause 3)."""

from datetime import date, datetime

from django.conf import settings

from privacy.audit import trail
from privacy.companies import siren
from privacy.companies.models import Entity


def collecting_siren() -> str:
    """The SIREN that a form writes down: the company that collects, and answers for it."""
    return str(settings.ENTITY["siren"])


def load(*, now: datetime) -> None:
    """Enter the company itself, as the settings know it, unless it is in the register."""
    number = siren.normalise(collecting_siren())
    if Entity.objects.filter(siren=number).exists():
        return
    company = Entity.objects.create(
        name=str(settings.ENTITY["name"]),
        siren=number,
        town=f"{settings.ENTITY['postcode']} {settings.ENTITY['town']}",
        since=date.fromisoformat(str(settings.ENTITY["since"])),
    )
    trail.record("privacy.register.entry_loaded", now=now, obj=company)
