"""A holding that declares another way of purging is purged, previewed, judged and promised by it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection
from django.db.models import Count, Max, Min, Model, Q, QuerySet
from django.utils import timezone

from privacy.datamap import registry
from privacy.datamap.purging import PurgeJob, PurgeMethod, RowSpan
from privacy.datamap.registry import holding
from privacy.mail.models import Mail
from privacy.promises import about_datamap, unknown_tables
from privacy.promises.checking import CheckRun
from privacy.retention import preview, purge, safeguard
from privacy.rights import holds
from tests import roles
from tests.conftest import ALICE, BOB

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
OVER = relativedelta(months=3, days=1)
DESK = "/admin/privacy/purgerun"


@dataclass
class ByDay(PurgeMethod):
    """All mails of earlier days go at once, due or not; ``lost`` lie where nobody finds them."""

    lost: int = 0

    def purge(self, job: PurgeJob) -> None:
        due = Mail.objects.filter(self.due(Q(), now=job.now))
        expired, early = (
            RowSpan(*rows.aggregate(Count("pk"), Min("written_at"), Max("written_at")).values())
            for rows in (due.due(job.now), due.exclude(pk__in=due.due(job.now)))
        )
        due.delete()
        job.certify(expired, early=early)

    def due(self, expired: Q, *, now: datetime) -> Q:
        return Q(written_at__date__lt=now.date())

    def count_unreachable(self) -> int:
        return self.lost

    def detached_tables(self) -> set[str]:
        return {"privacy_mail_of_yesterday"}

    def last_written(self, rows: QuerySet[Model], *, since: datetime) -> datetime | None:
        return rows.filter(written_at__gt=since).aggregate(last=Max("written_at"))["last"]


@pytest.fixture
def by_day(monkeypatch) -> Iterator[ByDay]:
    method = ByDay()
    monkeypatch.setattr(Mail, "personal_data", replace(Mail.personal_data, purged_by=method))
    registry.holdings.cache_clear()
    yield method
    monkeypatch.undo()
    registry.holdings.cache_clear()


def make_mail(to: str, written_at: datetime) -> Mail:
    return Mail.objects.create(to=to, message="test", language="en", written_at=written_at)


@pytest.fixture
def mails(now) -> list[Mail]:
    """One that is past its period, one of yesterday, two of today."""
    written = [(ALICE, now - OVER), (BOB, now - timedelta(days=1)), (BOB, now), (BOB, now)]
    return [make_mail(to, at) for to, at in written]


def test_it_is_purged_as_it_declares(by_day, mails, now):
    holds.place(email=ALICE, reason="A lawsuit", review_on=now.date(), now=now)
    line = purge.run(now=now).lines.get(holding="privacy.mail")
    assert set(Mail.objects.all()) == set(mails[2:])
    assert (line.count, line.held, line.left, line.oldest) == (2, 0, 0, mails[0].written_at)
    assert line.expired == RowSpan(1, mails[0].written_at, mails[0].written_at)
    assert line.gone_early == RowSpan(1, mails[1].written_at, mails[1].written_at)


def test_what_it_could_not_delete_is_left_for_the_next_purge(by_day, mails, now):
    by_day.lost = 7
    assert purge.run(now=now).lines.get(holding="privacy.mail").left == 7


def test_it_is_previewed_as_it_declares_and_not_row_by_row(by_day, mails, now, dpo_client):
    by_day.lost = 7
    rule = next(rule for rule in preview.by_rule(now=now) if rule.holding.model is Mail)
    assert rule.expired == RowSpan(1, mails[0].written_at, mails[0].written_at)
    assert rule.early == RowSpan(1, mails[1].written_at, mails[1].written_at)
    assert (rule.detached, rule.count) == (7, 9)
    assert not rule.is_listed
    assert dpo_client.get(f"{DESK}/due/privacy.mail/").status_code == 404


def test_its_period_is_promised_with_what_no_query_finds(by_day, now):
    def found() -> tuple[bool, int]:
        evidence = about_datamap._period_is_kept(holding(Mail), CheckRun(now))
        return evidence.is_kept, evidence.figure

    assert found() == (True, 0)
    by_day.lost = 7
    assert found() == (False, 7)


def test_the_safeguard_reads_the_clock_from_it(by_day):
    clock = timezone.now()
    make_mail(ALICE, clock - relativedelta(years=2))
    make_mail(BOB, clock + timedelta(days=9))
    assert "BACK" in [suspicion.kind for suspicion in safeguard.suspicions(now=clock)]


def test_its_tables_that_are_about_to_go_are_known(by_day):
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE privacy_mail_of_yesterday (id int)")
        cursor.execute("CREATE TABLE privacy_mail_of_nobody (id int)")
    assert unknown_tables.unknown()[0] == ["privacy_mail_of_nobody"]


def test_every_other_holding_goes_row_by_row(now):
    whole = [known.label for known in registry.holdings() if not known.data.purged_by.is_by_row]
    assert whole == ["privacy.visit"]
