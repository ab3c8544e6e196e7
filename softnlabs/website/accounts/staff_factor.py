"""The second factor of staff: the desk opens with it alone. django-allauth asks for it; here is who has shown it."""

from typing import Final

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from privacy.web import recent_sign_in
from softnlabs.website.accounts.models import User

SHOWN: Final = "second_factor"
SET_UP, ASK = "mfa_index", "mfa_reauthenticate"


def note(sender: type, request: HttpRequest, user: User, **facts: object) -> None:
    """Receiver of `authentication_step_completed` and `authenticator_added`: whoever sets one up has just shown it.

    A step of somebody else says nothing of whoever is signed in, before whose browser they may sit.
    """
    added = facts.get("authenticator")
    is_factor = isinstance(added, Authenticator) and added.type != Authenticator.Type.RECOVERY_CODES
    now = timezone.now()  # allauth hands its receivers no time
    if facts.get("method") == "mfa" or is_factor:
        request.session[SHOWN] = user.pk
    if request.user == user:
        recent_sign_in.note(request, now=now)


def is_set_up(user: User) -> bool:
    """Recovery codes alone are none: they end."""
    lasting = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return bool(lasting.exists())


def missing(request: HttpRequest, user: User) -> HttpResponse | None:
    """Where `user` is led before the desk opens; ``None`` if they have shown their second factor in this session."""
    if not is_set_up(user):
        return redirect(SET_UP)
    if request.session.get(SHOWN) == user.pk:
        return None
    return redirect(f"{reverse(ASK)}?{urlencode({'next': request.get_full_path()})}")
