"""Where data are hosted: declared by whoever runs the site, refused outside the European Union (clause 8).

``HOSTING_PLACES`` in the environment says where this very installation runs, for only its operator knows; a site
whose places are missing or outside the Union does not start. Each of them also stands in the register at the desk,
with those that the machine cannot know of, such as a vault for copies.
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
    """A place that cannot be: the message says why."""


@dataclass(frozen=True)
class DeclaredPlace:
    """A country of the Union and what the place is called."""

    country: str
    name: str


def declared() -> list[DeclaredPlace]:
    """The places in the settings. Raises :class:`HostingPlaceError` for the first that cannot be, or for none."""
    places = [_place(str(entry)) for entry in settings.HOSTING_PLACES if str(entry).strip()]
    if not places:
        raise HostingPlaceError("No hosting place is declared.")
    return places


def load(*, now: datetime) -> None:
    """Enter each declared place in the register, unless it is there."""
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
