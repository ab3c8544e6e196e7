"""What the servers and programs of a site keep outside the database: none of it is declared record by record."""

import re

from django.conf import settings

from privacy.datamap.stores import ImpersonalStore, Store
from softnlabs.local.mail_store import MailFiles

MESSAGES = ImpersonalStore(
    "softnlabs.messages",
    "Celery's queues: names of tasks that wake the worker. A task carries no data.",
    keys=re.compile(
        r"_kombu\.binding(_permanent)?\..+|_kombu\.binding_deadlines|celery(\x06\x16\d+)?|unacked(_index|_mutex)?|.+\.celery\.pidbox|celeryev\..+"
    ),
)
PROGRAMS = ImpersonalStore(
    "softnlabs.programs",
    "What our servers and programs keep: the database and Redis themselves, keys, the page's own files, the clock.",
    folders={
        "VAR": re.compile(
            r"(postgres|redis|secrets|static|test(-\d+)?|lost\+found)/|beat-schedule.*|owner\.lock"
            if settings.LOCAL_MODE
            else r"(static|lost\+found)/|beat-schedule.*"
        )
    },
)


def declared() -> list[Store]:
    return [MESSAGES, PROGRAMS, *([MailFiles()] if settings.LOCAL_MODE else [])]
