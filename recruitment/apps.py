"""This floor's wiring."""

from collections.abc import Callable

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecruitmentConfig(AppConfig):
    """Offers and applications."""

    name = "recruitment"
    verbose_name = _("Recruitment")
    audit_labels = {
        "recruitment.application.received": _("an application was received"),
        "recruitment.application.answered": _("the applicant was written to"),
        "recruitment.application.contacted": _("a message from the applicant was noted"),
        "recruitment.cv.downloaded": _("the CV was downloaded at the desk"),
        "recruitment.archive.opened": _("an archived application was opened, with a reason"),
        "recruitment.archive.listed": _("the archive of applications was listed"),
    }
    promises = ("recruitment.promises.promises",)
    load_content: Callable[..., None]

    def ready(self) -> None:
        """Bring the starting content."""
        from recruitment.offers import starting_content  # noqa: PLC0415

        self.load_content = starting_content.load
