"""The ground floor's wiring."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    """Policy, data map, retention, evidence."""

    name = "privacy"
    verbose_name = _("Policy and evidence")
    audit_labels = {
        "privacy.policy.published": _("a version of the policy was published"),
        "privacy.purge.requested": _("a purge was asked for"),
        "privacy.purge.completed": _("a purge was carried out"),
        "privacy.purge.interrupted": _("a purge was found interrupted"),
        "privacy.hold.placed": _("a hold was placed"),
        "privacy.hold.lifted": _("a hold was lifted"),
        "privacy.register.entry_loaded": _("a line of a register was entered from the settings"),
        "privacy.disclosure.entered": _("a disclosure was entered in the register"),
        "privacy.processor.exported": _("data were exported for a processor"),
        "privacy.subject.viewed": _("all that is held about the person was looked at"),
        "privacy.subscription.requested": _("news of the policy was asked for"),
        "privacy.subscription.confirmed": _("the subscription to news of the policy was confirmed"),
        "privacy.subscription.cancelled": _("the subscription to news of the policy was stopped"),
        "privacy.signin.address_looked_up": _("what an IP address did was looked up"),
        "privacy.purge.refused": _("a purge was refused until confirmed"),
        "privacy.purge.confirmed": _("a refused purge was confirmed"),
        "privacy.erasure.erased": _("a person was erased"),
        "privacy.erasure.replayed_for_person": _("a person was erased again after a restore"),
        "privacy.erasure.replayed": _("the journal of erasures was replayed"),
        "privacy.rectification.rectified": _("data were rectified"),
        "privacy.restriction.placed": _("the use of data was restricted"),
        "privacy.restriction.keys_attached": _("a restriction holds again for a person who came back"),
        "privacy.restriction.lifted": _("a restriction was lifted"),
    }
    replays = {
        "erasure": "privacy.retention.replay.erase",
        "privacy.visits.opted_out": "privacy.visits.recording.replay_opt_out",
        "privacy.restriction.placed": "privacy.rights.restriction.replay_restriction",
        "privacy.restriction.lifted": "privacy.rights.restriction.replay_lift",
        "privacy.hold.placed": "privacy.rights.holds.replay_hold",
        "privacy.hold.lifted": "privacy.rights.holds.replay_lift",
        "privacy.subscription.cancelled": "privacy.subscriptions.subscriptions.replay_unsubscribe",
    }
    admin_panel = "privacy.promises.admin.panel"
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
