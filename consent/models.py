"""The models of the packages, where Django looks for them. Pages, registers and packages list them in this order."""

# isort: off
from consent.ledger.models import ConsentEvent, ConsentTerm, Wording
from consent.notices.models import Campaign, CampaignDay, Notice, SpentImpressionToken
from consent.prospecting.models import Prospect, Suppression
from consent.mailings.models import Delivery, Mailing, ProviderPace
from consent.mailings.picture_models import MailingPicture
from consent.undeliverable.models import MailReturn, StoppedAddress
from consent.imports.models import ListedAddress, ProspectList
from consent.cookies.models import CookieDeclaration, GroupDeclaration
from consent.cookies.observation_models import CookieObservation
# isort: on

__all__ = [
    "Campaign",
    "CampaignDay",
    "ConsentEvent",
    "ConsentTerm",
    "CookieDeclaration",
    "CookieObservation",
    "Delivery",
    "GroupDeclaration",
    "ListedAddress",
    "MailReturn",
    "Mailing",
    "MailingPicture",
    "Notice",
    "Prospect",
    "ProspectList",
    "ProviderPace",
    "SpentImpressionToken",
    "StoppedAddress",
    "Suppression",
    "Wording",
]
