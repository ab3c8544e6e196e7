"""The companies for which data are collected: SoftNLabs and its subsidiaries (clause 3 of the policy)."""

from datetime import datetime

from privacy.audit import trail
from privacy.companies.models import Entity, own_company


def load(*, now: datetime) -> None:
    """Add the company of the settings, unless it is in the register."""
    company = own_company()
    if Entity.objects.filter(siren=company.siren).exists():
        return
    company.save()
    trail.record("privacy.register.entry_loaded", now=now, obj=company)
