"""``manage.py replay_erasures``: after a backup was restored, erase and purge again, and hear again who said stop."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from privacy.audit import trail
from privacy.journal import entries
from privacy.retention import purge, replay


class Command(BaseCommand):
    """Until this is done, a site whose database was restored says that it is not ready."""

    help = "After a backup was restored: erases and purges again what it brought back, and hears again who said stop."

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay what the journal has and the database has not."""
        try:
            with trail.acting(trail.SYSTEM, "command:replay_erasures"):
                done = replay.run(now=timezone.now())
        except purge.PurgeRunningError as error:
            raise CommandError("A purge is running: try again when it is done.") from error
        except replay.UnknownActionError as error:
            raise CommandError(f"The journal was written by a later release: {error} is unknown.") from error
        if entries.is_restored():
            raise CommandError("The journal went on meanwhile: run this again.")
        self.stdout.write(
            f"{done.erasures} erasures, {done.purges} purges and {done.others} other deeds replayed: "
            f"{done.rows} rows deleted. The site is ready."
        )
