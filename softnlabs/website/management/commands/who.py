from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from softnlabs import logs
from softnlabs.website.accounts.models import User


class Command(BaseCommand):
    help = "Print the number of the account that stands under a name in log lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="such as 9f86d081884c7d65")

    def handle(self, *args: object, name: str, **options: object) -> None:
        """Raises `CommandError` when nobody is called so: the account was deleted, or the key is another one."""
        for account in User.objects.values_list("pk", flat=True).iterator():
            if logs.who(account) == name:
                self.stdout.write(f"account {account}")
                return
        raise CommandError("No account stands under this name.")
