"""What subject requests bring to the portal; see :mod:`privacy.plugins`."""

from django.utils.translation import gettext_lazy as _

from privacy import plugins


class DsrConfig(plugins.PrivacyAppConfig):
    """The rights of people, their requests and the answers."""

    name = "dsr"
    verbose_name = _("Requests of data subjects")
    looks = (
        "dsr.copy.fetched", "dsr.document.opened", "dsr.proof.opened", "dsr.document.reason_given",
        "dsr.statistics.exported",
    )  # fmt: skip
    cases = {"dsr.subjectrequest": "closed_at", "dsr.unconfirmedrequest": ""}
    decisions = {
        "dsr.request.granted": True,
        "dsr.request.refused": False,
        "dsr.request.decided": False,
        "dsr.request.corrected": False,
        "dsr.request.withheld": False,
    }

    forms = {
        "dsr.request": plugins.PublicForm(
            _("Request to exercise a right"),
            ("dsr.unconfirmedrequest", "dsr.subjectrequest", "dsr.mandate", "dsr.representative"),
        ),
        "dsr.instructions": plugins.PublicForm(
            _("Instructions about data after death"), ("dsr.unconfirmedinstructions", "dsr.instructions")
        ),
    }

    def ready(self) -> None:
        """Label each step of a request in the trail with the words that the person reads."""
        from dsr import promises  # noqa: PLC0415
        from dsr.after_death import instructions  # noqa: PLC0415
        from dsr.desk import panel  # noqa: PLC0415
        from dsr.lifecycle import statistics  # noqa: PLC0415
        from dsr.messages import emails  # noqa: PLC0415
        from dsr.my_data import panels  # noqa: PLC0415
        from dsr.rules import ages, deadlines, proofs, rights  # noqa: PLC0415
        from dsr.rules.transitions import EVENT_TYPES  # noqa: PLC0415

        self.admin_panel = panel.waiting
        self.my_data = (
            plugins.MyDataSection("requests", _("Your requests"), panels.own_requests),
            plugins.MyDataSection("held", _("What we hold about you"), panels.holdings),
        )
        self.waiting_work = panel.without_names
        self.promises = (promises.promises,)
        self.promises_panel = plugins.PromisesPanel(statistics.public, "dsr/lifecycle/statistics.html")
        self.policy_placeholders = {
            "deadline.answer": deadlines.time_to_answer,
            "deadline.extended": deadlines.time_when_extended,
            "list.proofs": proofs.accepted,
            "age.alone": lambda: str(ages.AGE_ALONE),
        }
        self.policy_facts = {
            "deadline.answer": lambda: deadlines.MONTHS_TO_ANSWER,
            "deadline.extended": lambda: deadlines.MONTHS_WHEN_EXTENDED,
            "list.proofs": proofs.accepted_facts,
            "age.alone": lambda: ages.AGE_ALONE,
        }
        self.file_senders = {
            f"dsr.{model}": emails.sender_of_file for model in ("enclosure", "identityproof", "mandate")
        }
        self.replays = {"dsr.instructions.withdrawn": instructions.replay_withdrawal}
        self.served_rights = {
            right.lower(): plugins.ServedRight(label, "dsr:request-new")
            for right, label in rights.IN_LAW.items()
        } | {
            "letter": plugins.ServedRight(_("A request by letter"), "dsr:letter"),
            "instructions": plugins.ServedRight(
                _("Instructions about your data after your death"), "dsr:instructions"
            ),
            "heirs": plugins.ServedRight(_("A request about a person who has died"), "dsr:request-new"),
            "child": plugins.ServedRight(_("A request for one’s child"), "dsr:request-new"),
            "young_people": plugins.ServedRight(_("A page for young people"), "dsr:young-people"),
        }
        steps = {f"dsr.request.{code.lower()}": event.text for code, event in EVENT_TYPES.items()}
        self.audit_labels = {
            "dsr.unconfirmed_request.received": _(
                "The form of a request was received; it is not confirmed yet."
            ),
            "dsr.instructions.received": _(
                "Instructions about data after death came; they are not confirmed yet."
            ),
            "dsr.instructions.recorded": _("Instructions about data after death were recorded."),
            "dsr.instructions.withdrawn": _("Instructions about data after death were withdrawn."),
            "dsr.unconfirmed_request.reminded": _(
                "A mailbox was told of its forms that are not confirmed yet."
            ),
            "dsr.copy.fetched": _("The copy of a person’s data was fetched at the desk, to be posted."),
            "dsr.my_data.downloaded": _("The person downloaded their data, signed in."),
            "dsr.letter.viewed": _("A letter about a request was viewed at the desk."),
            "dsr.holdings.viewed": _("All that is held was looked at, to answer the request."),
            "dsr.document.opened": _("A document that the person sent was opened."),
            "dsr.proof.opened": _("A proof of identity that the person sent was opened."),
            "dsr.document.reason_given": _("A reason to open the documents of a request was written down."),
            "dsr.statistics.exported": _("The figures of requests were taken from the desk as a file."),
            **steps,
        }
