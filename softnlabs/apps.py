"""The roof's own wiring: the controller's desk replaces Django's default admin site."""

from django.contrib.admin.apps import AdminConfig

from softnlabs.formats import ordinals


class ControllerAdminConfig(AdminConfig):
    """Django's admin, with our site object."""

    default_site = "softnlabs.admin_site.ControllerAdminSite"

    def ready(self) -> None:
        """Write dates as each language does, the admin's own included."""
        super().ready()
        ordinals.install()
