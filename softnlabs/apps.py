from django.contrib.admin.apps import AdminConfig

from softnlabs.formats import ordinals


class ControllerAdminConfig(AdminConfig):
    """Replaces Django's default admin site, and installs French ordinals in date formats."""

    default_site = "softnlabs.admin_site.ControllerAdminSite"

    def ready(self) -> None:
        super().ready()
        ordinals.install()
