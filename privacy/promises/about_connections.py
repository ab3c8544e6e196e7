"""The promise that nothing travels unencrypted between a browser and the site."""

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from privacy.promises.checking import Evidence, Promise

A_YEAR = timedelta(days=365)
REDIRECTS = "django.middleware.security.SecurityMiddleware"


def promises() -> Iterator[Promise]:
    yield Promise(
        "security.connections",
        "security",
        _(
            "The site is reached through encrypted connections alone. Only a trial on one’s own computer does without"
            " them."
        ),
        _("settings without encryption"),
        lambda _check_run: _connections(),
    )


def _connections() -> Evidence:
    """The figure says how many settings are open; on a trial they may be, and are counted all the same."""
    encrypts = (
        settings.SITE_URL.startswith("https://"),
        settings.HTTPS,
        settings.SESSION_COOKIE_SECURE,
        settings.CSRF_COOKIE_SECURE,
        settings.SECURE_SSL_REDIRECT,
        timedelta(seconds=settings.SECURE_HSTS_SECONDS) >= A_YEAR,
        REDIRECTS in settings.MIDDLEWARE,
    )
    figure = encrypts.count(False)
    return Evidence(not figure or _is_trial(), figure, among=len(encrypts))


def _is_trial() -> bool:
    """Local mode, under an address that only this computer has."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    try:
        is_loopback = ip_address(host).is_loopback
    except ValueError:
        is_loopback = host == "localhost"
    return settings.LOCAL_MODE and is_loopback
