"""The ground floor's wiring."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_login_failed
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
        "privacy.register.begun": _("a line of a register was entered from the settings"),
        "privacy.disclosure.entered": _("a disclosure was entered in the register"),
        "privacy.processor.exported": _("data were exported for a processor"),
        "privacy.subject.viewed": _("all that is held about the person was looked at"),
        "privacy.subscription.asked": _("news of the policy was asked for"),
        "privacy.subscription.confirmed": _("the subscription to news of the policy was confirmed"),
        "privacy.subscription.stopped": _("the subscription to news of the policy was stopped"),
        "privacy.signin.address_looked_up": _("what an IP address did was looked up"),
        "privacy.retention.refused": _("a purge was refused until confirmed"),
        "privacy.retention.confirmed": _("a refused purge was confirmed"),
        "privacy.erasure.erased": _("a person was erased"),
        "privacy.erasure.erased_again": _("a person was erased again after a restore"),
        "privacy.erasure.replayed": _("the journal of erasures was replayed"),
        "privacy.rectification.rectified": _("data were rectified"),
        "privacy.restriction.placed": _("the use of data was restricted"),
        "privacy.restriction.bound": _("a restriction holds again for a person who came back"),
        "privacy.restriction.lifted": _("a restriction was lifted"),
    }
    replays = {
        "erasure": "privacy.retention.replay.erase",
        "privacy.navigation.stopped": "privacy.visits.recording.stop_again",
        "privacy.restriction.placed": "privacy.rights.restriction.restrict_again",
        "privacy.restriction.lifted": "privacy.rights.restriction.lift_again",
        "privacy.retention.held": "privacy.rights.holds.hold_again",
        "privacy.retention.hold_lifted": "privacy.rights.holds.lift_again",
        "privacy.subscription.stopped": "privacy.subscriptions.subscriptions.stop_again",
    }
    desk_panel = "privacy.promises.admin.panel"
    promises = (
        "privacy.promises.about_policy.promises",
        "privacy.promises.about_retention.promises",
        "privacy.promises.about_files.promises",
        "privacy.promises.about_datamap.promises",
    )

    def ready(self) -> None:
        """Switch on the checks and the record of sign-ins; load the first policy and registers as content."""
        from privacy import checks, starting_content  # noqa: PLC0415
        from privacy.sign_ins import records  # noqa: PLC0415

        self.load_content = starting_content.load

        user_logged_in.connect(records.note_accepted, dispatch_uid="privacy")
        user_login_failed.connect(records.note_refused, dispatch_uid="privacy")
        register(checks.check_data_map)
        register(checks.check_company)
        register(checks.check_policy, Tags.database)
        register(checks.check_journal, Tags.database)
