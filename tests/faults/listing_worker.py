"""Asks the people on lists, one short run after the other, until it is killed."""

import time

import django

if __name__ == "__main__":
    django.setup()

from django.utils import timezone

from consent.imports import asking
from privacy.audit import trail


def work() -> None:
    with trail.acting("system", "test"):
        while True:
            if not asking.run(now=timezone.now()):
                time.sleep(0.1)


if __name__ == "__main__":
    work()
