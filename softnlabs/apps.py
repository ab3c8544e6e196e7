"""The roof's own wiring: the controller's desk replaces Django's default admin site."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Django's admin, with our site object."""

    default_site = "softnlabs.desk.Desk"
