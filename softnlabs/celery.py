"""The Celery application and the beat schedule.

A task carries no data: each looks up in PostgreSQL what is due, so a lost, late or duplicated message does no harm.
"""

import os
from datetime import UTC, datetime

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "softnlabs.settings")
DUE_AT_START = datetime(2026, 1, 1, tzinfo=UTC)  # beat runs an entry that last ran then as soon as it starts
app = Celery("softnlabs", task_cls="privacy.mail.task_queue:SystemTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "mail": {"task": "privacy.mail.tasks.deliver_mail", "schedule": 15.0, "options": {"expires": 15.0}},
    "visits": {"task": "privacy.visits.tasks.drain_visits", "schedule": 5.0, "options": {"expires": 5.0}},
    "purge": {
        "task": "privacy.retention.tasks.purge",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
        "last_run_at": DUE_AT_START,
    },
    "requested purge": {
        "task": "privacy.retention.tasks.run_requested_purge",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "news": {
        "task": "privacy.subscriptions.tasks.notify_subscribers",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "days": {
        "task": "privacy.visits.tasks.prepare_partitions",
        "schedule": 60.0,
        "options": {"expires": 60.0},
        "last_run_at": DUE_AT_START,
    },
    "totals": {
        "task": "privacy.visits.tasks.count_visits",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
        "last_run_at": DUE_AT_START,
    },
    "seals": {"task": "privacy.seals.tasks.seal", "schedule": 30.0, "options": {"expires": 30.0}},
    "daily seal": {
        "task": "privacy.seals.tasks.close_day",
        "schedule": 600.0,
        "options": {"expires": 600.0},
        "last_run_at": DUE_AT_START,
    },
    # Only the first one after the night has begun verifies anything.
    "verification": {
        "task": "privacy.seals.tasks.verify",
        "schedule": 600.0,
        "options": {"expires": 600.0},
        "last_run_at": DUE_AT_START,
    },
    # Only the first one of a month writes anything.
    "looks report": {
        "task": "privacy.oversight.tasks.write_looks_report",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
        "last_run_at": DUE_AT_START,
    },
    "files": {"task": "privacy.files.tasks.sweep_files", "schedule": 1200.0, "options": {"expires": 1200.0}},
    "scanner": {
        "task": "privacy.quarantine.tasks.scan_uploads",
        "schedule": 15.0,
        "options": {"expires": 15.0},
    },
    "advance notice": {
        "task": "privacy.retention.tasks.send_advance_notice",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "disclosure notices": {
        "task": "privacy.recipients.tasks.follow_disclosure_notices",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "breaches": {
        "task": "privacy.breaches.tasks.follow_breaches",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "trainings": {
        "task": "privacy.access.tasks.remind_of_trainings",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
        "last_run_at": DUE_AT_START,
    },
    "restrictions": {
        "task": "privacy.retention.tasks.reattach_restrictions",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "objections": {
        "task": "privacy.retention.tasks.carry_out_objections",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "limits": {
        "task": "privacy.web.tasks.delete_expired_rate_limits",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    # Three times an hour: a broken promise is found within the hour even when two checks are missed.
    "promises": {
        "task": "privacy.promises.tasks.check_promises",
        "schedule": 1200.0,
        "options": {"expires": 1200.0, "countdown": 10.0},  # at a start, the first purge and seal run before
        "last_run_at": DUE_AT_START,
    },
    "observations": {
        "task": "consent.cookies.tasks.store_observations",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "mailings": {
        "task": "consent.mailings.tasks.send_mailings",
        "schedule": 15.0,
        "options": {"expires": 15.0},
    },
    # Each stop has it counted at once; this finds what a lost message left undone.
    "stops": {
        "task": "consent.mailings.tasks.count_stops",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "choices": {
        "task": "consent.preferences.tasks.expire_choices",
        "schedule": 600.0,
        "options": {"expires": 600.0},
        "last_run_at": DUE_AT_START,
    },
    # At most sixty people a minute are asked, whichever lists wait.
    "listed people": {
        "task": "consent.imports.tasks.ask_listed_people",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    # A late tick says nothing about the present: it expires instead of piling up while the worker is away.
    "tick": {
        "task": "softnlabs.website.health.tasks.tick",
        "schedule": 10.0,
        "options": {"expires": 10.0},
        "last_run_at": DUE_AT_START,
    },
    # Subject requests: these find what a lost message left undone.
    "packages": {"task": "dsr.answer.tasks.build_packages", "schedule": 120.0, "options": {"expires": 120.0}},
    "reminders": {
        "task": "dsr.review.tasks.keep_delays",
        "schedule": 900.0,
        "options": {"expires": 900.0},
        "last_run_at": DUE_AT_START,
    },
    "links": {"task": "dsr.follow_up.tasks.send_links", "schedule": 30.0, "options": {"expires": 30.0}},
    "unconfirmed": {
        "task": "dsr.intake.tasks.tell_unconfirmed",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
}


@signals.setup_logging.connect
def _keep_our_logging(**_facts: object) -> None:
    """Worker and beat log as the site does: Celery's own format would quote the values in database errors."""
