"""Against the purge, the places of visits and the periods."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

from dateutil.relativedelta import relativedelta
from django.db import connection

from privacy.datamap.periods import Period
from privacy.mail.models import Mail
from privacy.retention.models import PurgeRun
from privacy.visits import partitions, recording
from tests import holdings as made
from tests import roles
from tests.sabotage.stage import Saboteur, Stage


def no_purge(stage: Stage) -> None:
    PurgeRun.objects.update(ended_at=stage.now - timedelta(hours=26, seconds=1))


def purge_in_the_future(stage: Stage) -> None:
    PurgeRun.objects.update(ended_at=stage.now + timedelta(days=400))


def purge_that_missed_its_hours(stage: Stage) -> None:
    PurgeRun.objects.update(ended_at=stage.now - timedelta(hours=2, seconds=1))


def drop_the_place_of(day: date) -> None:
    (span,) = [span for span in partitions.attached() if span.first <= day < span.end]
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {span.name}")


def no_place_for_tomorrow(stage: Stage) -> None:
    drop_the_place_of(stage.now.date() + timedelta(days=1))


def days_that_were_not_made(stage: Stage) -> None:
    drop_the_place_of(stage.now.date() + timedelta(days=10))


def visit_that_waits_for_its_day(stage: Stage) -> None:
    day = stage.now - timedelta(days=2)
    drop_the_place_of(day.date())
    columns = (day, 1, uuid4(), "t", "/", "", "en")
    recording.spool().append("\t".join(map(str, columns)).encode())


def day_that_could_not_be_dropped(stage: Stage) -> None:
    made.visit(stage.person(), stage.now - relativedelta(months=6, days=2))
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {partitions.TABLE} DETACH PARTITION {partitions.attached()[0].name}")


def another_period(stage: Stage) -> None:
    stage.declare(Mail, keep=replace(Mail.personal_data.keep, period=Period(years=40)))


def row_past_its_period(label: str) -> Saboteur:
    """Leave a row that nobody purged."""

    def sabotage(stage: Stage) -> None:
        made.MAKERS[label](stage.person(), stage.now - relativedelta(years=30))

    return sabotage
