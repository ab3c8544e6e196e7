"""This floor's wiring."""

from collections.abc import Callable

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecruitmentConfig(AppConfig):
    """Offers and applications."""

    name = "recruitment"
    verbose_name = _("Recruitment")
    load_content: Callable[..., None]

    def ready(self) -> None:
        """Bring the starting content."""
        from recruitment import content  # noqa: PLC0415

        self.load_content = content.load
