from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from privacy.audit import trail
from softnlabs.website.accounts import second_factor_reset
from softnlabs.website.accounts.models import User


class Command(BaseCommand):
    help = "Take off the second factor of an account whose owner lost it. They are told by mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: object, email: str, **options: object) -> None:
        try:
            account = User.objects.get_by_natural_key(email)
        except User.DoesNotExist as error:
            raise CommandError("There is no account with this address.") from error
        with trail.acting(trail.SYSTEM, "command:reset_second_factor"):
            second_factor_reset.reset(account, language=settings.CONTROLLER["language"], now=timezone.now())
        self.stdout.write("The second factor is taken off. The next sign-in leads to setting up another one.")
