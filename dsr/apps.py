"""What subject requests bring to the portal; see :mod:`privacy.plugins`."""

from django.utils.translation import gettext_lazy as _

from privacy import plugins


class DsrConfig(plugins.PrivacyAppConfig):
    """The rights of people, their requests and the answers."""

    name = "dsr"
    verbose_name = _("Requests of data subjects")
    looks = ("dsr.copy.fetched", "dsr.document.opened")
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
    }

    def ready(self) -> None:
        """Label each step of a request in the trail with the words that the person reads."""
        from dsr import promises  # noqa: PLC0415
        from dsr.desk import panel  # noqa: PLC0415
        from dsr.lifecycle import statistics  # noqa: PLC0415
        from dsr.rules import deadlines, rights  # noqa: PLC0415
        from dsr.rules.transitions import EVENT_TYPES  # noqa: PLC0415

        self.admin_panel = panel.waiting
        self.promises = (promises.promises,)
        self.promises_panel = plugins.PromisesPanel(statistics.public, "dsr/lifecycle/statistics.html")
        self.policy_placeholders = {
            "deadline.answer": deadlines.time_to_answer,
            "deadline.extended": deadlines.time_when_extended,
        }
        self.policy_facts = {
            "deadline.answer": lambda: deadlines.MONTHS_TO_ANSWER,
            "deadline.extended": lambda: deadlines.MONTHS_WHEN_EXTENDED,
        }
        self.served_rights = {
            right.lower(): plugins.ServedRight(label, "dsr:request-new")
            for right, label in rights.IN_LAW.items()
        } | {"letter": plugins.ServedRight(_("A request by letter"), "dsr:letter")}
        steps = {f"dsr.request.{code.lower()}": event.text for code, event in EVENT_TYPES.items()}
        self.audit_labels = {
            "dsr.unconfirmed_request.received": _(
                "The form of a request was received; it is not confirmed yet."
            ),
            "dsr.unconfirmed_request.reminded": _(
                "A mailbox was told of its forms that are not confirmed yet."
            ),
            "dsr.copy.fetched": _("The copy of a person’s data was fetched at the desk, to be posted."),
            "dsr.letter.viewed": _("A letter about a request was viewed at the desk."),
            "dsr.holdings.viewed": _("All that is held was looked at, to answer the request."),
            "dsr.document.opened": _("A document that the person sent was opened."),
            **steps,
        }
