from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from consent.cookies import observations, registry


class Command(BaseCommand):
    help = "Compare the declared cookies with those observed. Fails when our own code tried to set one that it may not."

    def handle(self, *args: object, **options: object) -> None:
        observations.drain(now=timezone.now())
        lines = observations.report(registry.reload())
        for line in lines:
            mark = "FAULT" if line.is_fault else "never set" if line.is_never_set else "ok"
            declared = "declared" if line.is_declared else "undeclared"
            self.stdout.write(f"{line.name:<24} {declared:<11} {mark}")
            for seen in line.observations:
                self.stdout.write(
                    f"    {seen.get_kind_display()}: {seen.times} times, {seen.first_at:%Y-%m-%d %H:%M}"
                    f" to {seen.last_at:%Y-%m-%d %H:%M} UTC"
                )
        faults = sum(line.is_fault for line in lines)
        if faults:
            raise CommandError(f"{faults} cookies were stopped that our own code should not have set")
