"""Rate limits: how many, how soon again, and that processes count together."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import RequestFactory

from privacy.web import rate_limits
from privacy.web.models import Bucket
from privacy.web.rate_limits import RateLimit

HOUR = timedelta(hours=1)
THREE = RateLimit("test", 3, HOUR)


def taken(limit: RateLimit, value: str, now, times: int) -> list[bool]:
    return [limit.take(value, now=now) for _ in range(times)]


@pytest.mark.django_db
@pytest.mark.parametrize("times", [1, 3, 7, 20, 1000])
def test_so_many_in_a_row_and_no_more(now, times):
    assert taken(RateLimit("test", times, HOUR), "alice", now, times + 2) == [True] * times + [False] * 2


@pytest.mark.django_db
def test_the_bucket_fills_again_little_by_little(now):
    taken(THREE, "alice", now, 3)
    assert not THREE.take("alice", now=now + timedelta(minutes=19))
    assert taken(THREE, "alice", now + timedelta(minutes=20), 2) == [True, False]
    assert taken(THREE, "alice", now + timedelta(hours=9), 4) == [True, True, True, False]


@pytest.mark.django_db
def test_a_refusal_takes_nothing(now):
    taken(THREE, "alice", now, 50)
    assert THREE.take("alice", now=now + timedelta(minutes=20))


@pytest.mark.django_db
@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=3650)])
def test_a_clock_that_was_ahead_locks_nobody_out(now, ahead):
    taken(THREE, "alice", now + ahead, 4)
    assert taken(THREE, "alice", now, 4) == [True, True, True, False]


@pytest.mark.django_db
def test_each_value_and_each_limit_counts_by_itself(now):
    taken(THREE, "alice", now, 4)
    assert THREE.take("bob", now=now)
    assert RateLimit("other", 3, HOUR).take("alice", now=now)


@pytest.mark.django_db
def test_the_table_names_nobody_and_is_emptied(now):
    THREE.take("alice@example.org", now=now)
    assert "alice" not in Bucket.objects.get().about
    assert rate_limits.delete_expired(now=now + timedelta(minutes=19)) == 0
    assert rate_limits.delete_expired(now=now + timedelta(minutes=20)) == 1


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("nonsense", ""),
    ],
)
def test_a_household_is_one_client(address, counted):
    assert rate_limits.client(RequestFactory().get("/", REMOTE_ADDR=address)) == counted


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_no_more_than_one_after_the_other(now):
    limit, answers = RateLimit("race", 5, HOUR), []
    gate = threading.Barrier(8)

    def try_some() -> None:
        gate.wait()
        answers.extend(taken(limit, "alice", now, 3))
        connection.close()

    threads = [threading.Thread(target=try_some) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(True) == 5
