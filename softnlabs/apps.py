import sys

from django.contrib.admin.apps import AdminConfig

from softnlabs import logs
from softnlabs.formats import ordinals


class ControllerAdminConfig(AdminConfig):
    """Replaces Django's default admin site, installs French ordinals, and logs what ends a command."""

    default_site = "softnlabs.admin_site.ControllerAdminSite"

    def ready(self) -> None:
        super().ready()
        ordinals.install()
        sys.excepthook = logs.tell_uncaught
