"""This floor's wiring, and what is said about the tables that django-cookie-consent brings."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from privacy.declarations import NotPersonal


class ConsentConfig(AppConfig):
    """Choices, ledger, prospecting."""

    name = "consent"

    third_party_data = {
        "cookie_consent.CookieGroup": NotPersonal(_("A list of cookie groups.")),
        "cookie_consent.Cookie": NotPersonal(_("A list of cookies.")),
        "cookie_consent.LogItem": NotPersonal(_("Not used: our own ledger keeps the proof.")),
    }
