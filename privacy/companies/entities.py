"""The companies for which data are collected: SoftNLabs and its subsidiaries (clause 3 of the policy)."""

from datetime import date, datetime

from django.conf import settings

from privacy.audit import trail
from privacy.companies import siren
from privacy.companies.models import Entity


def collecting_siren() -> str:
    """The SIREN stored with what a form collects: the data controller."""
    return str(settings.ENTITY["siren"])


def load(*, now: datetime) -> None:
    """Add the company of the settings, unless it is in the register."""
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
