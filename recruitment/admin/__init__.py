"""This floor's tables at the controller's desk."""

from recruitment.admin.applications import ApplicationAdmin
from recruitment.admin.offers import OfferAdmin

__all__ = ["ApplicationAdmin", "OfferAdmin"]
