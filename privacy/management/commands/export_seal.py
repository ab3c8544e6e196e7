"""``manage.py export_seal``: a daily seal as a file to keep outside this database."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy.seals import sealing
from privacy.seals.models import DailySeal


class Command(BaseCommand):
    """Write the document to the standard output, as it was digested: without a line break after it."""

    help = "Exports a daily seal, by default the last one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--day`` chooses another one."""
        parser.add_argument("--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="which day")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        days = (
            DailySeal.objects.all()
            if options["day"] is None
            else DailySeal.objects.filter(day=options["day"])
        )
        daily = days.first()
        if daily is None:
            raise CommandError("There is no such daily seal yet.")
        self.stdout.write(sealing.export(daily).decode(), ending="")
