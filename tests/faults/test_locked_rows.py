"""A row that somebody holds on to is passed by; a whole table is tried a few times more, and then left."""

from datetime import datetime

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection

from privacy.mail.models import Mail
from privacy.retention import batches, purge

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("acting")]


def old_mails(now: datetime) -> list[Mail]:
    old = now - relativedelta(months=4)
    return Mail.objects.bulk_create(
        Mail(to=f"{number}@example.org", message="test", language="en", written_at=old)
        for number in range(30)
    )


def test_what_is_locked_is_left_to_the_next_purge_and_costs_no_batch(now, monkeypatch):
    cancelled: list[str] = []
    run = batches._Batch.run

    def watched(batch: batches._Batch) -> None:
        try:
            run(batch)
        except batches.BatchTimeoutError as error:
            cancelled.append(getattr(error.__cause__, "args", [""])[0])
            raise

    monkeypatch.setattr(batches._Batch, "run", watched)
    mails = old_mails(now)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM privacy_mail WHERE id = %s FOR UPDATE", [mails[7].pk])
            line = purge.run(now=now).lines.get(holding="privacy.mail")
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert (line.count, line.left) == (29, 1)
    assert not [said for said in cancelled if "lock timeout" in said]
    assert list(Mail.objects.values_list("pk", flat=True)) == [mails[7].pk]
    assert purge.run(now=now).lines.get(holding="privacy.mail").count == 1


@pytest.mark.parametrize(
    ("let_go", "count", "waiting"), [(3, 30, 1), (None, 0, 2)], ids=["for a moment", "for long"]
)
def test_a_locked_table_is_tried_with_pauses_and_then_left_to_the_next_purge(
    now, monkeypatch, let_go, count, waiting
):
    """``waiting`` are the holdings that wait for it: e-mails, and their files, whose period is that of the e-mail."""
    old_mails(now)
    slept: list[float] = []
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE privacy_mail IN EXCLUSIVE MODE")

            def sleep(seconds: float) -> None:
                slept.append(seconds)
                if len(slept) == let_go:
                    cursor.execute("ROLLBACK")

            monkeypatch.setattr(batches.time, "sleep", sleep)
            line = purge.run(now=now).lines.get(holding="privacy.mail")
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert (line.count, line.left) == (count, 30 - count)
    assert slept == list(batches.PAUSES[:let_go]) * waiting
    assert purge.run(now=now).lines.get(holding="privacy.mail").left == 0
    assert not Mail.objects.exists()
