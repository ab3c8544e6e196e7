"""This floor's tables."""

from recruitment.models.applications import Application, ArchiveOpening, Exchange
from recruitment.models.offers import Offer

__all__ = ["Application", "ArchiveOpening", "Exchange", "Offer"]
