from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from privacy.audit import trail
from privacy.promises import checking
from privacy.promises.models import PromiseResult


class Command(BaseCommand):
    """One line for each promise: state, figure (and of how many), key, statement. Exit code 1 when one is broken."""

    help = "Check every promise of the policy on the live data, and store the results."

    def handle(self, *args: object, **options: object) -> None:
        with trail.acting(trail.SYSTEM, "command:promises"):
            found = checking.check(now=timezone.now())
        for status in found:
            result = status.result
            figure = _figure(result)
            why = f" [{result.error}]" if result is not None and result.error else ""
            self.stdout.write(
                f"{status.state:<7} {figure:>15}  {status.promise.key}: {status.promise.statement}{why}"
            )
        if broken := checking.broken(found):
            raise CommandError(f"{len(broken)} of {len(found)} promises are broken.")
        self.stdout.write(f"All {len(found)} promises are kept.")


def _figure(result: PromiseResult | None) -> str:
    if result is None or result.figure is None:
        return "-"
    return str(result.figure) if result.among is None else f"{result.figure}/{result.among}"
