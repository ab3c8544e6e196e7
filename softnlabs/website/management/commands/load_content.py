from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from privacy.audit import trail


class Command(BaseCommand):
    """Asks each application, in the order of the settings, for what it brings.

    An application that brings something has a callable ``load_content(now)`` on its ``AppConfig``: a method, or
    its ``content.load``, set in ``ready()``. It may be called any number of times.
    """

    help = "Load the starting content of every app, such as offers and notices. Existing rows are left alone."

    def handle(self, *args: object, **options: object) -> None:
        now = timezone.now()
        with trail.acting(trail.SYSTEM, "command:load_content"):
            for config in apps.get_app_configs():
                load = getattr(config, "load_content", None)
                if load is None:
                    continue
                with transaction.atomic():
                    load(now=now)
                self.stdout.write(f"starting content: {config.label}")
