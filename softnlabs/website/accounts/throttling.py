"""Rate limits on sign-in attempts: guessing is hopeless, and nobody is locked out.

The strict limit counts one mailbox from one network, so that a stranger's guesses do not lock out the owner.
"""

from datetime import timedelta

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.web import rate_limits
from privacy.web.rate_limits import RateLimit

TRIES_AT_A_MAILBOX = RateLimit("website.sign_in.pair", 10, timedelta(minutes=15))
TRIES_OF_CLIENT = RateLimit("website.sign_in.client", 60, timedelta(minutes=15))
TRIES_OF_EVERYBODY = RateLimit("website.sign_in.mailbox", 200, timedelta(hours=1))


class ThrottledAuthenticationForm(AuthenticationForm):
    def clean(self) -> dict[str, object]:
        """The limit comes before the password: over it, the right password is refused like any other."""
        typed = str(self.cleaned_data.get("username") or "").strip().casefold()
        if typed and self.request is not None and not _may_try(typed, self.request):
            raise ValidationError(
                _("Too many attempts in a short time. Please wait a quarter of an hour, then try again."),
                code="too_often",
            )
        return super().clean()


class ThrottledAdminAuthenticationForm(ThrottledAuthenticationForm, AdminAuthenticationForm):
    """For the admin: staff only."""


def _may_try(typed: str, request: HttpRequest) -> bool:
    now = timezone.now()  # Django's sign-in hands its form a request and nothing else
    client = rate_limits.client(request)
    return (
        TRIES_OF_CLIENT.take(client, now=now)
        and TRIES_AT_A_MAILBOX.take(f"{client} {typed}", now=now)
        and TRIES_OF_EVERYBODY.take(typed, now=now)
    )
