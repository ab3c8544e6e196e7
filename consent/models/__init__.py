"""The tables of the first floor."""

from consent.models.ledger import ConsentEvent, ConsentTerm, Wording
from consent.models.notices import Campaign, CampaignDay, Notice, SpentSlip, Topic
from consent.models.prospecting import Prospect, Suppression
from consent.models.registry import CookieDeclaration, GroupDeclaration
from consent.models.sightings import CookieSighting

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
    "Topic",
    "Wording",
]
