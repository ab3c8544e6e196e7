"""What the second step of a sign-in asks for, as an app shows it."""

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from softnlabs.website.accounts.models import User

PHRASE = "a long enough phrase"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SECOND_STEP = "/account/sign-in/second-step/"


def code_now(secret: str = SECRET) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def with_app(user: User) -> None:
    totp.TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
