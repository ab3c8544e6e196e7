"""What choices and notices bring to the portal; see `privacy.plugins`."""

from anymail import signals
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from privacy import plugins
from privacy.datamap.declarations import NotPersonal


class ConsentConfig(plugins.PrivacyAppConfig):
    """Choices, consents, prospects and notices."""

    name = "consent"
    verbose_name = _("Choices and notices")
    served_rights = {
        "choices": plugins.ServedRight(_("Your choices, and the proof of them"), "consent:choices"),
        "mail_preferences": plugins.ServedRight(_("Your commercial messages"), "consent:mail-link"),
        "visits": plugins.ServedRight(_("The visits of this browser"), "consent:choices"),
    }
    bound_templates = (
        "consent/mail_preferences/ask_link.html",
        "consent/mail_preferences/confirm.html",
        "consent/mail_preferences/confirmed.html",
        "consent/mail_preferences/link_expired.html",
        "consent/mail_preferences/link_incomplete.html",
        "consent/mail_preferences/link_sent.html",
        "consent/mail_preferences/preferences.html",
        "consent/mail_preferences/stopped_since.html",
        "consent/mail_preferences/unsubscribe.html",
        "consent/mail_preferences/unsubscribed.html",
        "consent/preferences/banner.html",
        "consent/preferences/choices.html",
        "consent/preferences/groups.html",
        "consent/preferences/rate_limited.html",
        "consent/preferences/signal.html",
    )
    third_party_data = {
        "cookie_consent.CookieGroup": NotPersonal(
            _("Texts that describe a group of cookies."),
            columns={
                "name": "what everybody reads",
                "description": "what everybody reads",
            },
        ),
        "cookie_consent.Cookie": NotPersonal(
            _("Texts that describe a cookie."),
            columns={
                "name": "what everybody reads",
                "description": "what everybody reads",
                "path": "of this site",
                "domain": "of this site",
            },
        ),
        "cookie_consent.LogItem": NotPersonal(
            _("Not used: it stays empty. The consent ledger takes its place.")
        ),
    }

    audit_labels = {
        "consent.mailing.copied": _("an e-mail campaign was copied into a new draft"),
        "consent.mailing.tested": _("a test of an e-mail campaign was sent to whoever asked for it"),
        "consent.mailing.scheduled": _("an e-mail campaign was scheduled"),
        "consent.mailing.unscheduled": _("an e-mail campaign became a draft again"),
        "consent.mailing.started": _("an e-mail campaign began to be sent"),
        "consent.mailing.paused": _("an e-mail campaign was paused"),
        "consent.mailing.resumed": _("an e-mail campaign was resumed"),
        "consent.mailing.cancelled": _("an e-mail campaign was cancelled"),
        "consent.mailing.sent": _("an e-mail campaign was sent to its end"),
        "consent.mailreturn.entered": _("mail that came back was entered"),
        "consent.prospectlist.brought_in": _("a list of addresses was brought in and checked"),
        "consent.prospectlist.started": _("the people on a list are being asked"),
        "consent.prospectlist.undone": _("a list of addresses was undone"),
    }

    permissions_of_groups = {
        "sales": (
            "consent.view_mailing", "consent.add_mailing", "consent.change_mailing", "consent.send_mailing",
            "consent.view_delivery", "consent.view_mailingpicture", "consent.add_mailingpicture",
            "consent.view_mailreturn", "consent.add_mailreturn", "consent.view_stoppedaddress",
            "consent.view_prospectlist", "consent.add_prospectlist",
            "consent.view_listedaddress", "consent.add_listedaddress",
            "consent.view_prospect", "consent.view_campaignday",
            "consent.view_campaign", "consent.add_campaign", "consent.change_campaign",
            "consent.view_notice", "consent.add_notice", "consent.change_notice",
        ),
    }  # fmt: skip

    def ready(self) -> None:
        """Declare our own cookies as soon as the tables are there: an undeclared one would be stripped."""
        from consent import objections, page_promises, promises, starting_content  # noqa: PLC0415
        from consent.compatibility import answers  # noqa: PLC0415
        from consent.cookies import choices_cookie, observations, registry  # noqa: PLC0415
        from consent.ledger import ledger  # noqa: PLC0415
        from consent.preferences import my_data  # noqa: PLC0415
        from consent.prospecting import prospecting, silent  # noqa: PLC0415
        from consent.returns import tracking  # noqa: PLC0415

        self.promises = (promises.promises, page_promises.promises)
        self.stores = (observations.STORE,)
        self.waiting_work = silent.work
        self.policy_placeholders = {
            "basis.personalisation": registry.basis_of_personalisation,
            "choice.validity": choices_cookie.validity,
            "list.cookies": registry.listing,
        }
        self.policy_facts = {
            "basis.personalisation": lambda: bool(registry.basis_of_personalisation()),
            "choice.validity": lambda: choices_cookie.VALIDITY.iso,
            "list.cookies": registry.listed_facts,
        }
        self.objections = {
            "NO_PROSPECTING": objections.to_prospecting,
            "NO_NAVIGATION": objections.to_navigation,
        }
        self.replays = {
            "consent.withdrawn": ledger.replay_withdrawal,
            "consent.suppressed": prospecting.replay_suppression,
        }
        self.my_data = (plugins.MyDataSection("consents", _("Your consents"), my_data.consents),)
        self.load_content = starting_content.load
        post_migrate.connect(starting_content.declare, sender=self)
        signals.tracking.connect(tracking.take)
        answers.install()
