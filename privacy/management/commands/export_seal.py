from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from privacy.seals import sealing
from privacy.seals.models import DailySeal


class Command(BaseCommand):
    """Writes the document to standard output byte for byte as it was hashed: without a newline at the end."""

    help = "Export a daily seal, by default the last one, to be kept outside this database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day of the seal"
        )

    def handle(self, *args: object, day: date | None = None, **options: object) -> None:
        days = DailySeal.objects.all() if day is None else DailySeal.objects.filter(day=day)
        daily = days.first()
        if daily is None:
            raise CommandError("There is no such daily seal yet.")
        self.stdout.write(sealing.export(daily).decode(), ending="")
