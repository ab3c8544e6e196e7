"""Who signs in, in the tests: as they would after the page of sign-in, with all that the pages behind it ask for."""

import time
from datetime import UTC, date, datetime

from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import Group
from django.test import Client

from privacy.access.groups import StaffGroup
from privacy.access.models import Training
from softnlabs.website.accounts import staff_factor
from softnlabs.website.accounts.models import User

PHRASE = "a long enough phrase"
TYPED_WITHIN = 5  # seconds from reading a code to sending it, also by a browser
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
    """What the app shows now. Whoever sees that it is about to change waits for the next one."""
    left = 30 - time.time() % 30
    if left < TYPED_WITHIN:
        time.sleep(left)
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def make_controller(email: str = "controller@example.org") -> User:
    """Somebody who may do everything at the desk, now."""
    return train(User.objects.create_superuser(email, PHRASE))


def make_staff(email: str) -> User:
    """Somebody of the staff with neither permissions nor training."""
    return User.objects.create_user(email, PHRASE, is_staff=True)


def make_member(email: str, group: StaffGroup) -> User:
    """Somebody of the staff with the permissions of a shipped group, trained."""
    user = train(make_staff(email))
    user.groups.add(Group.objects.get(name=group.value))
    return user


def train(user: User) -> User:
    """``user`` has a training that counts whatever the clock of a test says."""
    Training.objects.create(
        account=user.pk,
        kind="COURSE",
        reference="Certificate 1",
        held_on=date(2000, 1, 1),
        expires_at=datetime(2100, 1, 1, tzinfo=UTC),
        entered_at=datetime(2000, 1, 1, tzinfo=UTC),
        entered_by="system",
    )
    vars(user).pop("trained_until", None)  # it is read once for each object
    return user
