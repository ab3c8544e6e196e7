"""The models of the packages: Django looks for them here."""

from consent.cookies.models import CookieDeclaration, GroupDeclaration
from consent.cookies.sighting_models import CookieSighting
from consent.ledger.models import ConsentEvent, ConsentTerm, Wording
from consent.notices.models import Campaign, CampaignDay, Notice, SpentSlip
from consent.prospecting.models import Prospect, Suppression

__all__ = [
    "Campaign",
    "CampaignDay",
    "ConsentEvent",
    "ConsentTerm",
    "CookieDeclaration",
    "CookieSighting",
    "GroupDeclaration",
    "Notice",
    "Prospect",
    "SpentSlip",
    "Suppression",
    "Wording",
]
