"""Who signs in, in the tests: as they would after the page of sign-in, with all that the pages behind it ask for."""

import time

from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from softnlabs.website.accounts import staff_factor
from softnlabs.website.accounts.models import User

PHRASE = "a long enough phrase"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def sign_in(client: Client, user: User) -> None:
    """``client`` is now a browser in which ``user`` has just signed in, whether or not they may do anything."""
    client.force_login(user)
    if user.is_staff:
        show_second_factor(client, user)


def show_second_factor(client: Client, user: User) -> None:
    """As if ``user`` had just typed the code of their app, which they have from now on."""
    if not staff_factor.is_set_up(user):
        totp.TOTP.activate(user, SECRET)
    session = client.session
    session[staff_factor.SHOWN] = user.pk
    session.save()


def code(secret: str = SECRET) -> str:
    """What the app shows now."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def make_controller(email: str = "controller@example.org") -> User:
    """Somebody who may do everything at the desk, now."""
    return User.objects.create_superuser(email, PHRASE)


def make_staff(email: str) -> User:
    """Somebody of the staff with neither permissions nor training."""
    return User.objects.create_user(email, PHRASE, is_staff=True)
