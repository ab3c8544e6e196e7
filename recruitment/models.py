"""Django discovers models here; each package defines its own."""

from recruitment.applications.models import Application, ArchiveOpening, Exchange
from recruitment.offers.models import Offer

__all__ = [
    "Application",
    "ArchiveOpening",
    "Exchange",
    "Offer",
]
