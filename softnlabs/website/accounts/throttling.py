"""Rate limits on sign-in attempts: guessing is hopeless, and nobody is locked out.

The strict limit counts one mailbox from one network, so that a stranger's guesses do not lock out the owner. Many
strangers together can still use up what one mailbox may be tried at all: a browser in which its owner signed in before
has tries of its own, which no stranger can use up. So has one in which a forgotten password was just replaced by a link
to the mailbox: it is the way in from a new browser. It opens no further tries at the codes of a second step.
"""

from datetime import datetime, timedelta

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.web import rate_limits
from privacy.web.rate_limits import RateLimit
from softnlabs.website.accounts import known_browsers, mailboxes

TRIES_AT_A_MAILBOX = RateLimit("website.sign_in.pair", 10, timedelta(minutes=15))
TRIES_OF_CLIENT = RateLimit("website.sign_in.client", 60, timedelta(minutes=15))
TRIES_OF_EVERYBODY = RateLimit("website.sign_in.mailbox", 200, timedelta(hours=1))
TRIES_OF_BROWSER = RateLimit("website.sign_in.browser", 10, timedelta(minutes=15))
TOO_OFTEN = _(
    "Too many attempts in a short time. Please wait a quarter of an hour, then try again. To sign in sooner, choose "
    "another password by “I forgot my password”, in this browser."
)


class ThrottledAuthenticationForm(AuthenticationForm):
    def clean(self) -> dict[str, object]:
        """The limit comes before the password: over it, the right password is refused like any other."""
        typed = str(self.cleaned_data.get("username") or "")
        now = timezone.now()  # Django's sign-in hands its form a request and nothing else
        if typed and self.request is not None and not may_try(typed, self.request, now=now):
            raise ValidationError(TOO_OFTEN, code="too_often")
        return super().clean()


class ThrottledAdminAuthenticationForm(ThrottledAuthenticationForm, AdminAuthenticationForm):
    """For the admin: staff only."""


def may_try(typed: str, request: HttpRequest, *, now: datetime) -> bool:
    """Whether one more password may be tried at the address that was `typed`; takes one."""
    tried, client = mailboxes.one_spelling(typed), rate_limits.client(request)
    browser = known_browsers.number(request, tried, now=now)
    own = browser or (known_browsers.reads_mailbox(request, tried) and f"mailbox {tried}")
    if own and TRIES_OF_BROWSER.take(own, now=now):
        return True
    return (
        TRIES_OF_CLIENT.take(client, now=now)
        and TRIES_AT_A_MAILBOX.take(f"{client} {tried}", now=now)
        and TRIES_OF_EVERYBODY.take(tried, now=now)
    )
