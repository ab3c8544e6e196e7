"""Beat is away for three days, or runs twice: what is due is done soon after, and once."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from celery import current_app
from celery.beat import PersistentScheduler
from dateutil.relativedelta import relativedelta
from django.db import connection
from django.utils import timezone

from dsr.requests.models import SubjectRequest
from privacy.audit import trail
from privacy.datamap.registry import holdings
from privacy.mail.models import Mail
from privacy.retention.models import PurgeRun
from privacy.seals import verification
from tests import sample_site
from tests.dsr.factories import make_request

pytestmark = pytest.mark.fault
LEFT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
AWAY = timedelta(days=3)


class Recorded(PersistentScheduler):
    """A beat that notes what it would send."""

    def __init__(self, file: Path) -> None:
        self.sent: list[str] = []
        super().__init__(current_app, schedule_filename=str(file))

    def apply_async(self, entry, producer=None, advance=True, **facts) -> None:
        self.sent.append(entry.name)
        if advance:
            self.reserve(entry)

    def run(self) -> list[str]:
        """What is sent now, without waiting for anything that is not due."""
        before = -1
        while len(self.sent) > before:
            before = len(self.sent)
            self.tick()
        self.close()
        return self.sent


def test_after_three_days_away_beat_sends_everything_at_once(tmp_path: Path):
    with time_machine.travel(LEFT, tick=False):
        Recorded(tmp_path / "schedule").run()
    with time_machine.travel(LEFT + AWAY, tick=False):
        sent = Recorded(tmp_path / "schedule").run()
    assert Counter(sent) == Counter(dict.fromkeys(current_app.conf.beat_schedule, 1))


@pytest.fixture
def three_days_later(transactional_db) -> SubjectRequest:
    """A site that was filled three days ago, and a request whose last day came meanwhile.

    Now is now: a purge compares its clock with that of the database, and would refuse another one.
    """
    left = timezone.now() - AWAY
    with time_machine.travel(left), trail.acting(trail.SYSTEM, "test"):
        sample_site.fill(now=left)
        # It let an entry go under the certificate of a purge of a far year: a purge takes no clock that goes back.
        PurgeRun.objects.update(requested_at=left, started_at=left, ended_at=left)
        return make_request(left - relativedelta(months=1) + timedelta(days=2), "late@example.org")


def work_off(errors: list[Exception], start: threading.Barrier) -> None:
    """Run each entry of the schedule once, as a worker does."""
    start.wait()
    for entry in current_app.conf.beat_schedule.values():
        try:
            current_app.tasks[entry["task"]]()
        except Exception as error:
            errors.append(error)
    connection.close()


def test_two_beats_after_three_days_do_what_is_due_once(three_days_later: SubjectRequest):
    current_app.loader.import_default_modules()  # as a worker does at its start
    errors: list[Exception] = []
    start = threading.Barrier(2)
    beats = [threading.Thread(target=work_off, args=(errors, start)) for _beat in range(2)]
    for beat in beats:
        beat.start()
    for beat in beats:
        beat.join()
    assert errors == []
    now = timezone.now()
    assert {each.label for each in holdings() if each.due(now).exists()} == set()
    assert not PurgeRun.objects.exclude(state=PurgeRun.State.FINISHED).exists()
    written = Counter(
        Mail.objects.filter(written_at__gt=now - timedelta(days=1)).values_list("message", "to", "subject")
    )
    assert {key: count for key, count in written.items() if count > 1} == {}
    # The sample site writes entries of days before its own first seal.
    faults = {fault.kind for fault in verification.verify().faults}
    assert faults <= {verification.FaultKind.BACKDATED}
