from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from privacy.audit import trail
from privacy.journal import entries
from privacy.retention import purge, replay


class Command(BaseCommand):
    """Until this is done, a site whose database was restored answers 503."""

    help = "After a restore: repeat the erasures, purges, withdrawals and objections that the backup does not know of."

    def handle(self, *args: object, **options: object) -> None:
        try:
            with trail.acting(trail.SYSTEM, "command:replay_erasures"):
                done = replay.run(now=timezone.now())
        except purge.PurgeRunningError as error:
            raise CommandError("A purge is running: try again when it is done.") from error
        except replay.UnknownActionError as error:
            raise CommandError(f"The journal was written by a later release: {error} is unknown.") from error
        except entries.BackupTooOldError as error:
            raise CommandError(
                f"This backup is older than the journal, which is kept for {entries.PERIOD}. Restore a later one."
            ) from error
        if entries.is_restored():
            raise CommandError("The journal went on meanwhile: run this again.")
        self.stdout.write(
            f"{done.erasures} erasures, {done.purges} purges and {done.others} other actions replayed: "
            f"{done.rows} rows deleted. The site is ready."
        )
