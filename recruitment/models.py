"""The models of the packages: Django looks for them here."""

from recruitment.applications.models import Application, ArchiveOpening, Exchange
from recruitment.offers.models import Offer

__all__ = [
    "Application",
    "ArchiveOpening",
    "Exchange",
    "Offer",
]
