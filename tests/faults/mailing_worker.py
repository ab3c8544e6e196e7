"""Sends what campaigns have waiting, one short run after the other, until it is killed.

python -m tests.faults.mailing_worker <port of the mail server>
"""

import sys
import time

import django
from django.conf import settings

if __name__ == "__main__":
    django.setup()

from django.utils import timezone

from consent.mailings import sending
from privacy.audit import trail


def work(port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.MAILINGS_PER_SECOND = settings.MAILINGS_PER_SECOND_OF_PROVIDER = 1_000_000.0
    with trail.acting("system", "test"):
        while True:
            if not sending.run(now=timezone.now()):
                time.sleep(0.1)


if __name__ == "__main__":
    work(int(sys.argv[1]))
