"""Fill the site that scanners attack, and sign people in: prints ``session``, the role and the key of each.

python -m tests.audit.fill
"""

import sys

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from privacy.audit import trail  # noqa: E402
from tests import actors, sample_site  # noqa: E402

ROLES = ("controller", "client")


def main() -> None:
    """The sample site of the tests, with one session each."""
    with trail.acting(trail.SYSTEM, "audit"):
        site = sample_site.fill(now=timezone.now())
    for role in ROLES:
        browser = Client()
        actors.sign_in(browser, site.staff[role])
        sys.stdout.write(f"session {role} {browser.cookies[settings.SESSION_COOKIE_NAME].value}\n")


if __name__ == "__main__":
    main()
