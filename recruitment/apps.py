"""What recruitment brings to the portal; see :mod:`privacy.plugins`."""

from django.utils.translation import gettext_lazy as _

from privacy import plugins


class RecruitmentConfig(plugins.PrivacyAppConfig):
    """Offers and applications."""

    name = "recruitment"
    verbose_name = _("Recruitment")
    cases = {"recruitment.application": ""}
    audit_labels = {
        "recruitment.application.received": _("an application was received"),
        "recruitment.application.answered": _("the applicant was written to"),
        "recruitment.application.contacted": _("a message from the applicant was noted"),
        "recruitment.cv.shown": _("a page of the CV was looked at, at the desk"),
        "recruitment.cv.downloaded": _("the original of the CV was downloaded at the desk"),
        "recruitment.archive.opened": _("an archived application was opened, with a reason"),
        "recruitment.archive.listed": _("the archive of applications was listed"),
    }

    looks = (
        "recruitment.cv.shown",
        "recruitment.cv.downloaded",
        "recruitment.archive.opened",
        "recruitment.archive.listed",
    )
    decisions = {"recruitment.application.answered": False}
    forms = {
        "recruitment.application": plugins.PublicForm(
            _("Application for a job or an internship"),
            ("recruitment.application", "consent.prospect", "consent.consentevent"),
        ),
    }

    permissions_of_groups = {
        "recruiter": (
            "recruitment.view_application", "recruitment.change_application", "recruitment.view_exchange",
            "recruitment.view_offer", "recruitment.add_offer", "recruitment.change_offer",
        ),
    }  # fmt: skip

    def ready(self) -> None:
        from recruitment import promises  # noqa: PLC0415
        from recruitment.applications import applications, waiting  # noqa: PLC0415
        from recruitment.offers import starting_content  # noqa: PLC0415

        self.file_senders = {"recruitment.application": applications.sender_of_file}
        self.promises = (promises.promises,)
        self.waiting_work = waiting.work
        self.load_content = starting_content.load
