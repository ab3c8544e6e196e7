"""What policy, data map and evidence bring to the portal; see :mod:`privacy.plugins`."""

from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from privacy import plugins


class PrivacyConfig(plugins.PrivacyAppConfig):
    """Policy, data map, retention, evidence."""

    name = "privacy"
    verbose_name = _("Policy and evidence")
    served_rights = {
        "information": plugins.ServedRight(_("What we hold, and why"), "privacy:data"),
        "archive": plugins.ServedRight(_("All versions of the policy, and what changed"), "privacy:versions"),
        "updates": plugins.ServedRight(_("News of the policy by e-mail"), "privacy:subscription"),
    }
    bound_templates = ("privacy/datamap/form_notice.html",)
    looks = (
        "privacy.signin.address_looked_up", "privacy.disclosure.exported", "privacy.breach.addresses_read",
        "privacy.journal.opened", "privacy.training.proof_opened", "privacy.activity.exported",
        "privacy.clientwork.exported", "privacy.breach.exported",
    )  # fmt: skip
    audit_labels = {
        "privacy.policy.published": _("a version of the policy was published"),
        "privacy.purge.requested": _("a purge was asked for"),
        "privacy.purge.completed": _("a purge was carried out"),
        "privacy.purge.interrupted": _("a purge was found interrupted"),
        "privacy.hold.placed": _("a hold was placed"),
        "privacy.hold.lifted": _("a hold was lifted"),
        "privacy.register.entry_loaded": _("a line of a register was entered from the settings"),
        "privacy.disclosure.entered": _("a disclosure was entered in the register"),
        "privacy.disclosure.exported": _("the register of disclosures was downloaded"),
        "privacy.disclosure.notice_made": _("the notice of a disclosure was made"),
        "privacy.disclosure.informed": _("the person was told of a disclosure"),
        "privacy.disclosure.postponed": _("telling the person of a disclosure was postponed"),
        "privacy.disclosure.not_informed": _("why the person is not told of a disclosure was written down"),
        "privacy.disclosure.came_back": _("the notice of a disclosure came back"),
        "privacy.breach.authority_notified": _("the CNIL was notified of a breach"),
        "privacy.breach.addresses_read": _(
            "addresses of persons were read from records, to tell them of a breach"
        ),
        "privacy.breach.notice_made": _("the notice of a breach was made"),
        "privacy.breach.person_told": _("the person was told of a breach"),
        "privacy.breach.closed": _("the file of a breach was closed"),
        "privacy.breach.reopened": _("the file of a breach was opened again"),
        "privacy.activity.exported": _("the register of processing activities was downloaded"),
        "privacy.clientwork.exported": _("the register of what we do for clients was downloaded"),
        "privacy.breach.exported": _("the register of breaches was downloaded"),
        "privacy.processor.exported": _("data were exported for a processor"),
        "privacy.files.rewrapped": _("the keys of files were wrapped with a new key"),
        "privacy.access.refused": _("a page was refused to an account that may not open it"),
        "privacy.file.infected": _("the scanner for viruses found something in a file, which was destroyed"),
        "privacy.journal.opened": _("the archive of the journal was opened for a control, with a reason"),
        "privacy.training.entered": _("a training in confidentiality was entered"),
        "privacy.training.entered_own": _("somebody entered their own training in confidentiality"),
        "privacy.training.ended": _("a training in confidentiality was ended"),
        "privacy.training.proof_opened": _("the proof of a training was opened"),
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
        "privacy.objection.placed": _("a use of data was stopped on an objection"),
        "privacy.objection.carried_out": _("records whose use was objected to were deleted"),
        "privacy.objection.keys_attached": _("an objection holds again for a person who came back"),
        "privacy.objection.ended": _("an objection was ended"),
    }

    permissions_of_groups = {
        "security": (
            "privacy.view_signin", "privacy.view_securityevent", "privacy.see_address", "privacy.view_promiseresult",
            "privacy.view_seal", "privacy.view_dailyseal", "privacy.view_removal", "privacy.view_verification",
        ),
        "service company": (
            "privacy.view_promiseresult", "privacy.view_purgerun", "privacy.view_dailyseal",
            "privacy.view_verification",
        ),
    }  # fmt: skip

    forms = {
        "privacy.subscription": plugins.PublicForm(
            _("Subscription to news of the policy"), ("privacy.subscription", "privacy.subscriptionrequest")
        ),
    }

    def ready(self) -> None:
        """Besides the hooks: the system checks, and the record of sign-ins."""
        from privacy import checks, starting_content  # noqa: PLC0415
        from privacy.access import groups  # noqa: PLC0415
        from privacy.breaches import clock, waiting  # noqa: PLC0415
        from privacy.files import stores as files  # noqa: PLC0415
        from privacy.journal import store as journal  # noqa: PLC0415
        from privacy.promises import (  # noqa: PLC0415
            about_access,
            about_breaches,
            about_browsers,
            about_companies,
            about_connections,
            about_datamap,
            about_disclosures,
            about_files,
            about_looks,
            about_policy,
            about_processing,
            about_processors,
            about_retention,
            about_security,
            about_visits,
            admin,
        )
        from privacy.recipients import secrecy  # noqa: PLC0415
        from privacy.retention import replay  # noqa: PLC0415
        from privacy.rights import holds, objection, restriction  # noqa: PLC0415
        from privacy.security import sign_ins  # noqa: PLC0415
        from privacy.subscriptions import subscriptions  # noqa: PLC0415
        from privacy.visits import store as visits  # noqa: PLC0415

        self.stores = (journal.ErasureJournal(), visits.VisitSpool(), files.FILES, files.EXAMINATIONS)
        self.replays = {
            "erasure": replay.erase,
            "privacy.restriction.placed": restriction.replay_restriction,
            "privacy.restriction.lifted": restriction.replay_lift,
            "privacy.objection.placed": objection.replay_objection,
            "privacy.objection.ended": objection.replay_end,
            "privacy.hold.placed": holds.replay_hold,
            "privacy.hold.lifted": holds.replay_lift,
            "privacy.subscription.cancelled": subscriptions.replay_unsubscribe,
        }
        self.policy_placeholders = {"deadline.breach": clock.time_to_notify}
        self.admin_panel = admin.panel
        self.waiting_work = waiting.work
        self.promises = (
            about_policy.promises,
            about_companies.promises,
            about_retention.promises,
            about_visits.promises,
            about_files.promises,
            about_datamap.promises,
            about_processing.promises,
            about_browsers.promises,
            about_processors.promises,
            about_disclosures.promises,
            about_breaches.promises,
            about_connections.promises,
            about_security.promises,
            about_access.promises,
            about_looks.promises,
        )
        self.forbidden_rows = (secrecy.forbidden_rows,)
        self.load_content = starting_content.load

        post_migrate.connect(groups.restore, sender=groups.last_app(), dispatch_uid="privacy.groups")
        user_logged_in.connect(sign_ins.note_accepted, dispatch_uid="privacy")
        user_login_failed.connect(sign_ins.note_refused, dispatch_uid="privacy")
        register(checks.check_plugins)
        register(checks.check_data_map)
        register(checks.check_company)
        register(checks.check_scanner)
        register(checks.check_mail_signature)
        register(checks.check_mail_processor)
        register(checks.check_policy, Tags.database)
        register(checks.check_journal, Tags.database)
        register(checks.check_file_keys, Tags.database)
        register(checks.check_rights, Tags.database)
