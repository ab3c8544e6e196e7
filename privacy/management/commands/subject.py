import getpass
from argparse import ArgumentParser
from datetime import datetime

from django.contrib.auth import authenticate
from django.contrib.auth.models import AbstractBaseUser
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.timezone import localtime

from privacy.audit import trail
from privacy.datamap.registry import with_accounts
from privacy.datamap.subjects import Subject
from privacy.rights import access
from privacy.rights.access import HoldingRecords

RIGHT = "privacy.look_up_person"


class Command(BaseCommand):
    """Asks for the password of the operator's account, since shell access does not identify anybody."""

    help = "Show all that is held about a person. Operator and reason are recorded in the audit trail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="an e-mail address of the person")
        parser.add_argument(
            "--operator", required=True, help="the e-mail address of your account at the desk"
        )
        parser.add_argument("--reason", required=True, help="why; no name and no address of the person in it")

    def handle(self, *args: object, email: str, operator: str, reason: str, **options: object) -> None:
        user = _operator(operator)
        try:
            subject = with_accounts(Subject.of_email(email))
        except ValueError as error:
            raise CommandError("This is no e-mail address.") from error
        with trail.acting(f"user:{user.pk}", "command:subject"):
            try:
                found = access.look_up(subject, reason=reason, now=timezone.now())
            except ValueError as error:
                raise CommandError(
                    "Give a reason, without a name, an address or a number of the person in it."
                ) from error
        for section in found:
            self._print(section)

    def _print(self, section: HoldingRecords) -> None:
        count = len(section.records)
        self.stdout.write(
            f"{section.explanation.title} ({section.explanation.label}): {count or 'nothing held'}"
        )
        for number, record in enumerate(section.records, start=1):
            until = f", until {record.expires_at:%Y-%m-%d}" if record.expires_at else ""
            secret = ", SECRET: a law forbids to tell the person of it" if record.is_secret else ""
            self.stdout.write(f"  {number}{until}{secret}")
            for label, value in record.values:
                shown = f"{localtime(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value
                self.stdout.write(f"    {label}: {shown}")
            for name in record.files:
                self.stdout.write(f"    [file] {name}")


def _operator(email: str) -> AbstractBaseUser:
    user = authenticate(username=email, password=getpass.getpass(f"Password of {email}: "))
    may = user is not None and getattr(user, "is_staff", False) and user.has_perm(RIGHT)
    if user is None or not may:
        raise CommandError("This account may not look people up, or the password is wrong.")
    return user
