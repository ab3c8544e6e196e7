"""Who signs in, in the tests: as they would after the page of sign-in, with all that the pages behind it ask for."""

from django.test import Client

from softnlabs.website.accounts.models import User

PHRASE = "a long enough phrase"


def sign_in(client: Client, user: User) -> None:
    """``client`` is now a browser in which ``user`` has just signed in, whether or not they may do anything."""
    client.force_login(user)


def make_controller(email: str = "controller@example.org") -> User:
    """Somebody who may do everything at the desk, now."""
    return User.objects.create_superuser(email, PHRASE)


def make_staff(email: str) -> User:
    """Somebody of the staff with neither permissions nor training."""
    return User.objects.create_user(email, PHRASE, is_staff=True)
