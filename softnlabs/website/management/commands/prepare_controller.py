from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone

from privacy.audit import trail
from softnlabs.website.accounts import passwords


class Command(BaseCommand):
    help = "Create the controller's account if there is none, and print how to sign in. Runs at each start of the site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="issue a new one-time password in any case")

    def handle(self, *args: object, reset: bool, **options: object) -> None:
        email = settings.CONTROLLER["email"]
        try:
            with trail.acting(trail.SYSTEM, "command:prepare_controller"):
                password = passwords.prepare_controller(email=email, now=timezone.now(), anew=reset)
        except OperationalError as error:
            raise CommandError(f"The database does not answer: is the site running? {error}") from error
        if password:
            self.stdout.write(f"{email} with the one-time password {password}")
        else:
            self.stdout.write(f"{email} with the password chosen (forgotten: make controller-password)")
