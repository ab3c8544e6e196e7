"""Django discovers models here; each package defines its own."""

from consent.cookies.models import CookieDeclaration, GroupDeclaration
from consent.cookies.observation_models import CookieObservation
from consent.ledger.models import ConsentEvent, ConsentTerm, Wording
from consent.notices.models import Campaign, CampaignDay, Notice, SpentImpressionToken
from consent.prospecting.models import Prospect, Suppression

__all__ = [
    "Campaign",
    "CampaignDay",
    "ConsentEvent",
    "ConsentTerm",
    "CookieDeclaration",
    "CookieObservation",
    "GroupDeclaration",
    "Notice",
    "Prospect",
    "SpentImpressionToken",
    "Suppression",
    "Wording",
]
