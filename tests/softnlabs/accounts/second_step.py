"""What the second step of a sign-in asks for, as an app shows it."""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from softnlabs.website.accounts.models import User
from softnlabs.website.accounts.recovery_codes import HashedCodes
from tests import actors

PHRASE = "a long enough phrase"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SECOND_STEP = "/account/sign-in/second-step/"


def code_now(secret: str = SECRET) -> str:
    return actors.code(secret)


def with_app(user: User) -> None:
    totp.TOTP.activate(user, SECRET)
    HashedCodes.activate(user)


def recovery_codes(user: User) -> list[str]:
    """As the page shows them once."""
    return HashedCodes(Authenticator.objects.get(user=user, type="recovery_codes")).show()


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
