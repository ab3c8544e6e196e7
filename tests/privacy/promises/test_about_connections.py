"""Encrypted connections, or a trial on one's own computer."""

import pytest

from privacy.promises.checking import Evidence
from tests.evidence import evidence


def encrypt(settings) -> None:
    settings.SITE_URL, settings.HTTPS = "https://privacy.example.org", True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 63_072_000


@pytest.mark.parametrize("is_local", [True, False])
def test_an_encrypted_site_leaves_nothing_open(now, settings, is_local):
    encrypt(settings)
    settings.LOCAL_MODE = is_local
    assert evidence("security.connections", now) == Evidence(is_kept=True, figure=0, among=7)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS", False),
        ("SESSION_COOKIE_SECURE", False),
        ("CSRF_COOKIE_SECURE", False),
        ("SECURE_SSL_REDIRECT", False),
        ("SECURE_HSTS_SECONDS", 3600),
        ("MIDDLEWARE", []),
    ],
)
def test_each_setting_counts(now, settings, name, value):
    encrypt(settings)
    setattr(settings, name, value)
    assert evidence("security.connections", now) == Evidence(is_kept=False, figure=1, among=7)


@pytest.mark.parametrize(
    ("site", "is_kept"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://[::1]:8000", True),
        ("http://192.0.2.1", False),
        ("http://localhost.example.org", False),
        ("http://privacy.example.org", False),
    ],
)
def test_a_trial_is_what_this_computer_alone_reaches_and_its_open_settings_are_counted(
    now, settings, site, is_kept
):
    settings.SITE_URL = site
    assert evidence("security.connections", now) == Evidence(is_kept, 6, among=7)
