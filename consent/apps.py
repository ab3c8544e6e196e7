"""The first floor's wiring."""

from collections.abc import Callable

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import NotPersonal


class ConsentConfig(AppConfig):
    """Choices, consents, prospects and notices."""

    name = "consent"
    verbose_name = _("Choices and notices")
    promises = ("consent.promises.promises",)
    policy_placeholders = {
        "basis.personalisation": "consent.cookies.registry.basis_of_personalisation",
        "choice.validity": "consent.cookies.choices_cookie.validity",
        "list.cookies": "consent.cookies.registry.listing",
    }
    objections = {
        "NO_PROSPECTING": "consent.objections.to_prospecting",
        "NO_NAVIGATION": "consent.objections.to_navigation",
    }
    replays = {
        "consent.withdrawn": "consent.ledger.ledger.replay_withdrawal",
        "consent.suppressed": "consent.prospecting.prospecting.replay_suppression",
    }
    third_party_data = {
        "cookie_consent.CookieGroup": NotPersonal(_("Texts that describe a group of cookies.")),
        "cookie_consent.Cookie": NotPersonal(_("Texts that describe a cookie.")),
        "cookie_consent.LogItem": NotPersonal(
            _("Not used: it stays empty. The consent ledger takes its place.")
        ),
    }

    load_content: Callable[..., None]

    def ready(self) -> None:
        """Declare our own cookies as soon as the tables are there: an undeclared one would be stripped."""
        from consent import starting_content  # noqa: PLC0415

        self.load_content = starting_content.load
        post_migrate.connect(starting_content.declare, sender=self)
