from argparse import ArgumentParser
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from privacy.audit import trail
from privacy.journal import entries
from privacy.retention import preview, purge, safeguard


class Command(BaseCommand):
    """One line for each holding: how many rows, the oldest, the newest, which holding."""

    help = "Delete the personal data whose retention period is over, and write a certificate."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")

    def handle(self, *args: object, **options: object) -> None:
        now = timezone.now()
        if options["dry_run"]:
            for rule in preview.by_rule(now=now):
                self._say(rule.count, rule.oldest, rule.newest, rule.holding.label)
            return
        try:
            with trail.acting(trail.SYSTEM, "command:purge"):
                run = safeguard.run(now=now)
        except purge.PurgeRunningError as error:
            raise CommandError("A purge is running already.") from error
        except entries.DatabaseRestoredError as error:
            raise CommandError("This database was restored: run replay_erasures first.") from error
        except safeguard.PurgeRefusedError as error:
            raise CommandError(
                f"This looks wrong: {error.run.suspicions}. Confirm it at the desk."
            ) from error
        for line in run.lines.all():
            self._say(line.count, line.oldest, line.newest, line.holding)
        self.stdout.write(f"Certificate: purge {run.pk}")

    def _say(self, count: int, oldest: datetime | None, newest: datetime | None, holding: str) -> None:
        first, last = (f"{at:%Y-%m-%d %H:%M}" if at else "-" for at in (oldest, newest))
        self.stdout.write(f"{count:>9}  {first:16}  {last:16}  {holding}")
