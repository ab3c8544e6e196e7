import json
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from privacy.seals import verification


class Command(BaseCommand):
    """Prints what was verified and each fault. Exit code 1 when there is one."""

    help = (
        "Verify the audit trail and the other ledgers against their seals. Whoever owns the database could rewrite "
        "rows, hashes and seals together: only daily seals kept elsewhere, given with --against, can reveal that."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--against", nargs="+", type=Path, default=[], metavar="FILE", help="daily seals exported before"
        )

    def handle(self, *args: object, against: Sequence[Path] = (), **options: object) -> None:
        kept = [json.loads(path.read_bytes()) for path in against]
        verdict = verification.verify(kept)
        self.stdout.write(
            f"{verdict.rows} sealed rows under {verdict.seals} seals, {verdict.removed} of them lawfully removed; "
            f"{verdict.waiting} rows wait for the next seal."
        )
        self.stdout.write(
            f"Compared with {len(kept)} daily seals kept elsewhere, the last of {max(each['day'] for each in kept)}."
            if kept
            else "Compared with no daily seal kept elsewhere: had all seals been rewritten together, this could not "
            "tell. Give those that were mailed or exported with --against."
        )
        for fault in verdict.faults:
            self.stdout.write(f"{fault}")
        if verdict.faults:
            raise CommandError(f"{len(verdict.faults)} faults.")
        self.stdout.write("Nothing was altered.")
