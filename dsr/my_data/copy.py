"""What the page “My data” shows, as a file for a computer. Handing it over is on record."""

from datetime import datetime

from django.conf import settings

from dsr.my_data import held
from dsr.my_data.held import HeldSearch
from dsr.package import archive
from privacy.audit import trail

FORMAT = "softnlabs-my-data/1"


def make(found: HeldSearch, *, language: str, now: datetime) -> str:
    """JSON in the language in force, for whoever is signed in. ``not_listed`` counts what only a request tells."""
    kinds = found.kinds(most=held.IN_THE_COPY)
    holdings = [{**archive.section_as_data(each.section), "not_listed": each.more} for each in kinds]
    about = min(found.person.fingerprints, default="")
    trail.record("dsr.my_data.downloaded", now=now, about=about, detail={"kinds": len(kinds)})
    return archive.as_json(
        {
            "format": FORMAT,
            "made_at": now,
            "language": language,
            "controller": {
                "entity": settings.ENTITY["name"],
                "name": settings.CONTROLLER["name"],
                "email": settings.CONTROLLER["email"],
            },
            "holdings": holdings,
        }
    )
