from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from privacy import plugins
from privacy.audit import trail


class Command(BaseCommand):
    """Asks each app, in the order of the settings, for what it brings: ``load_content`` in :mod:`privacy.plugins`."""

    help = "Load the starting content of every app, such as offers and notices. Existing rows are left alone."

    def handle(self, *args: object, **options: object) -> None:
        now = timezone.now()
        with trail.acting(trail.SYSTEM, "command:load_content"):
            for config in plugins.installed():
                if config.load_content is None:
                    continue
                with transaction.atomic():
                    config.load_content(now=now)
                self.stdout.write(f"starting content: {config.label}")
