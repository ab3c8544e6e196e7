from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from privacy.audit import trail
from privacy.files import rewrapping


class Command(BaseCommand):
    """May be stopped at any moment and run again; uploads go on meanwhile."""

    help = "Wrap the keys of files and other secrets with the newest of FILE_KEYS; say whether older ones may go."

    def handle(self, *args: object, **options: object) -> None:
        """Raises `CommandError`, and so exits with 1, while something needs another key than the newest."""
        done = rewrapping.run()
        if done:
            with trail.acting(trail.SYSTEM, "command:rewrap_file_keys"):
                trail.record("privacy.files.rewrapped", now=timezone.now(), detail={"files": done})
        self.stdout.write(f"Wrapped with the newest key: {done} files and other secrets.")
        left = rewrapping.count()
        if left.lost:
            raise CommandError(
                f"{left.lost} files or other secrets need a key that FILE_KEYS does not have: put it back, behind the "
                "newest, and run this again."
            )
        if left.older:
            raise CommandError(
                f"{left.older} files or other secrets are still under an older key: restart web server and worker "
                "with the new FILE_KEYS, and run this again. Keep the older keys until then."
            )
        self.stdout.write(
            f"All {left.newest} files and other secrets are under the newest key. Older keys may go from FILE_KEYS."
        )
