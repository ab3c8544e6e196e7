from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from privacy.audit import trail
from privacy.policy import publishing


class Command(BaseCommand):
    help = "Publish a policy from policy/<number>/: by default the one with the highest number."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", nargs="?", type=int, help="the version to publish")
        parser.add_argument(
            "--first", action="store_true", help="do nothing when a version is already in force"
        )

    def handle(
        self, *args: object, number: int | None = None, first: bool = False, **options: object
    ) -> None:
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
