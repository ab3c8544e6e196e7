from argparse import ArgumentParser
from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from privacy.audit import trail
from privacy.policy import binding, publishing


class Command(BaseCommand):
    help = "Publish a policy from policy/<number>/: by default the one with the highest number."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", nargs="?", type=int, help="the version to publish")
        parser.add_argument(
            "--first", action="store_true", help="do nothing when a version is already in force"
        )
        parser.add_argument(
            "--grounds", action="store_true", help="publish nothing; list what a sentence can rest on"
        )

    def handle(
        self,
        *args: object,
        number: int | None = None,
        first: bool = False,
        grounds: bool = False,
        **options: object,
    ) -> None:
        if grounds:
            self.stdout.write("\n".join(_grounds()))
            return
        current = publishing.in_force() if first else None
        if current is not None:
            self.stdout.write(f"Version {current.number} is in force.")
            return
        with trail.acting(trail.SYSTEM, "command:publish_policy"):
            try:
                version = publishing.publish(number, now=timezone.now())
            except publishing.PublishingRefusedError as refusal:
                raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Version {version.number} is published. SHA-256: {version.sha256}")


def _grounds() -> Iterator[str]:
    """One line for each promise, group of promises and right, as a sentence of the policy names it."""
    groups = binding.known().groups
    grouped = {key for members in groups.values() for key in members}
    for promise in binding.promises():
        if promise.key not in grouped:
            yield f"promise: {promise.key}  {promise.statement}"
    for name, members in groups.items():
        yield f"promise: {name}  {len(members)} promises: {', '.join(sorted(members))}"
    for name, right in binding.served_rights().items():
        yield f"right: {name}  {right.label}: {reverse(right.url_name)}"
