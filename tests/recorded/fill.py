"""Fill the database that the environment names; run by :mod:`tests.recorded.make`."""

import django

django.setup()

from django.utils import timezone  # noqa: E402

from privacy.audit import trail  # noqa: E402
from tests import sample_site  # noqa: E402

if __name__ == "__main__":
    with trail.acting(trail.SYSTEM, "command:record"):
        sample_site.fill(now=timezone.now())
