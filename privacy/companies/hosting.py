"""Hosting places: declared by the operator, and refused outside the European Union (clause 8 of the policy).

`HOSTING_PLACES` in the environment says where this installation runs; the site does not start when it is empty or
names a place outside the Union. Each place is also in the register in the admin, with those that the installation
cannot know of, such as a vault for backups.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from privacy.audit import trail
from privacy.companies import european_union
from privacy.companies.models import HostingPlace


class HostingPlaceError(ValueError):
    """A place that is not allowed. The message says why."""


@dataclass(frozen=True)
class DeclaredPlace:
    country: str
    name: str


def declared() -> list[DeclaredPlace]:
    """The places in the settings.

    Raises `HostingPlaceError` for the first that is not allowed, or when there is none.
    """
    places = [_place(str(entry)) for entry in settings.HOSTING_PLACES if str(entry).strip()]
    if not places:
        raise HostingPlaceError("No hosting place is declared.")
    return places


def load(*, now: datetime) -> None:
    """Add each declared place to the register, unless it is there."""
    for place in declared():
        known = HostingPlace.objects.filter(country=place.country, name=place.name)
        if not known.exists():
            added = HostingPlace.objects.create(
                country=place.country,
                name=place.name,
                contents=[HostingPlace.Content.DATABASE, HostingPlace.Content.FILES],
                since=timezone.localdate(now),
            )
            trail.record("privacy.register.entry_loaded", now=now, obj=added)


def _place(entry: str) -> DeclaredPlace:
    country, _space, name = entry.strip().partition(" ")
    try:
        european_union.validate_member_state(country)
    except ValidationError as refusal:
        raise HostingPlaceError(f"{entry.strip()}: {' '.join(refusal.messages)}") from refusal
    if not name.strip():
        raise HostingPlaceError(
            f"{entry.strip()}: the place has no name; write it after its country, such as FR Gan."
        )
    return DeclaredPlace(country, name.strip())
