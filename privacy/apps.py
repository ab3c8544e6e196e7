"""The ground floor's wiring."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    """Policy, data map, retention, evidence."""

    name = "privacy"
    verbose_name = _("Policy and evidence")
    deeds = {
        "privacy.policy.published": _("a version of the policy was published"),
        "privacy.retention.asked": _("a purge was asked for"),
        "privacy.retention.purged": _("a purge was carried out"),
        "privacy.retention.interrupted": _("a purge was found interrupted"),
        "privacy.retention.held": _("a hold was placed"),
        "privacy.retention.hold_lifted": _("a hold was lifted"),
    }

    def ready(self) -> None:
        """Switch on the checks, and bring the first policy and registers with the starting content."""
        from privacy import checks, content  # noqa: PLC0415

        self.load_content = content.load

        register(checks.check_data_map)
        register(checks.check_company)
        register(checks.check_policy, Tags.database)
