from argparse import ArgumentParser
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.template.loader import render_to_string
from django.utils import timezone

from privacy.audit import trail
from privacy.datamap.purging import RowSpan
from privacy.journal import entries
from privacy.retention import preview, purge, safeguard, schedule
from privacy.retention.models import PurgeLine

HEAD = ("past", "early", "kept", "linked")


class Command(BaseCommand):
    """One line for each holding: how many rows are past their period, go early, stay, go along; and from when."""

    help = "Delete the personal data whose retention period is over, and write a certificate."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")

    def handle(self, *args: object, **options: object) -> None:
        if options["dry_run"]:
            self._preview()
        else:
            self._purge()

    def _preview(self) -> None:
        now = timezone.now()
        self._say(HEAD, "kind of record")
        for rule in preview.with_kept(preview.by_rule(now=now)):
            counts = (rule.expired.count, rule.early.count, rule.kept, rule.linked)
            self._say(counts, rule.holding.label + _dates(rule.expired, rule.early))
            if rule.detached:
                self.stdout.write(f"{rule.detached:>9}  taken off the table already, deleted next")
        for store, count in preview.in_stores(now=now):
            self._say((count, 0, 0, 0), store.name)
        facts = {"next_run": schedule.next_run(now=now)}
        self.stdout.write(render_to_string("admin/privacy/purgerun/next_run.html", facts).strip())
        self.stdout.write(f"Times are those of {timezone.get_current_timezone_name()}.")

    def _purge(self) -> None:
        try:
            with trail.acting(trail.SYSTEM, "command:purge"):
                run = safeguard.run(now=timezone.now())
        except purge.PurgeRunningError as error:
            raise CommandError("A purge is running already.") from error
        except entries.DatabaseRestoredError as error:
            raise CommandError("This database was restored: run replay_erasures first.") from error
        except safeguard.PurgeRefusedError as error:
            raise CommandError(
                f"This looks wrong: {error.run.suspicions}. Confirm it at the desk."
            ) from error
        self._say(HEAD, "kind of record")
        for line in run.lines.all():
            self._certify(line)
        self.stdout.write(f"Certificate: purge {run.pk}")

    def _certify(self, line: PurgeLine) -> None:
        expired, early = line.expired or RowSpan(), line.gone_early or RowSpan()
        counts = (expired.count, early.count, line.held, line.dependants)
        self._say(counts, line.holding + _dates(expired, early))

    def _say(self, columns: tuple[object, ...], holding: str) -> None:
        self.stdout.write("".join(f"{column:>9}" for column in columns) + f"  {holding}")


def _local(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def _dates(expired: RowSpan, early: RowSpan) -> str:
    """The oldest and newest of both."""
    named = (("past", expired), ("early", early))
    return "".join(
        f"  {name} {_local(span.oldest)} to {_local(span.newest)}"
        for name, span in named
        if span.oldest and span.newest
    )
